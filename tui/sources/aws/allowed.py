"""Several profiles of one account: what is asked, is asked with the first that may.

Owns when the next one is tried: where a permission is missing. All else it would meet as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeVar

from tui.errors import NotPermitted
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
