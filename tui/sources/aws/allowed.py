"""Several profiles of one account: what is asked, is asked with the first that may.

Owns when the next one is tried: where a permission is missing. All else it would meet as well. Of
a bucket that is object by object, as policies and keys may differ within it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeVar

from tui.errors import NotPermitted, SourceError
from tui.sources.aws.s3 import Bucket
from tui.sources.aws.sessions import Account

T = TypeVar("T")


def first_allowed(accounts: deque[Account], ask: Callable[[], Iterator[T]]) -> Iterator[T]:
    """Yield the answers that the first account gets; where it may not ask, those of the next.

    The one that may is the first from then on. Raises what asking raises, NotPermitted when none
    may.
    """
    for others in reversed(range(len(accounts))):
        try:
            yield from ask()
        except NotPermitted:
            accounts.rotate(-1)
            if not others:
                raise
        else:
            return


class Readers:
    """One bucket with the credentials of several profiles; safe to share between threads."""

    def __init__(self, bucket: Bucket) -> None:
        self._all: tuple[Bucket, ...] = (bucket,)

    @property
    def profile(self) -> str | None:
        """The profile that an object was read with last."""
        return self._all[0].profile

    def add(self, bucket: Bucket) -> None:
        """Try these credentials too; their requests are counted with the others."""
        bucket.usage = self._all[0].usage
        self._all = (*self._all, bucket)

    def read(self, key: str) -> bytes:
        """Return an object's bytes; who may read it is asked first from then on.

        Raises what the first raises, if it is not that this object is refused, or none may.
        """
        first, *others = self._all
        try:
            return first.read(key)
        except PermissionError:
            for bucket in others:
                try:
                    content = bucket.read(key)
                except (OSError, SourceError):  # told is what the first met
                    continue
                self._all = (bucket, *(each for each in self._all if each is not bucket))
                return content
            raise
