"""Fetching again the bytes of S3 files that were let go, and checking that they are the same.

What was delivered is known by its SHA-256; what cannot be had again is a RecordMissing with the
reason. A bucket that refuses is asked once. boto3 is loaded with the first request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from tui.domain.objects import LogObject
from tui.errors import RecordMissing, SourceError
from tui.storage import bodies
from tui.storage.bodies import LetGo
from tui.storage.cache import Connection

if TYPE_CHECKING:  # loading boto3 takes longer than opening a record
    from tui.sources.aws.s3 import Bucket

_SCHEME = "s3://"
_THREADS = 16
_OFFLINE = "only its row is kept, and AWS is not asked now. Run it without --offline"


class Again:
    """The bytes of let go files, fetched ahead in the order in which they are asked for."""

    def __init__(self, connection: Connection, *, offline: bool = False) -> None:
        self._connection = connection
        self._source = _LetGoFiles(connection, offline=offline)
        self._coming: Iterator[tuple[LogObject, bytes | str]] = iter(())
        self._due: dict[int, LetGo] = {}

    @contextmanager
    def coming(self, files: Sequence[int]) -> Iterator[None]:
        """Fetch those of some files that were let go, while the caller asks for them in order."""
        self._due = gone = bodies.gone(self._connection, files)
        if not gone:
            yield
            return
        from tui.sources.aws.download import fetched

        items = self._source.wanted([gone[file] for file in files if file in gone])
        with closing(fetched(self._source, items, _THREADS)) as coming:
            self._coming = coming
            yield
        self._coming, self._due = iter(()), {}

    def body(self, file: int) -> bytes:
        """Return the bytes of a file that the cache has not; raises RecordMissing."""
        if wanted := self._due.pop(file, None):
            for item, content in self._coming:
                if item.uri == wanted.uri:
                    return _checked(wanted, content)
        wanted = bodies.gone(self._connection, [file]).get(file)
        if wanted is None:
            raise RecordMissing("The file of this event is not kept in the cache.")
        try:
            return _checked(wanted, self._source.read(*self._source.wanted([wanted])))
        except OSError as error:
            return _checked(wanted, f"It cannot be read: {error}.")


def _checked(wanted: LetGo, content: bytes | str) -> bytes:
    """Return the bytes if they are what was delivered; raises RecordMissing."""
    if isinstance(content, str):
        reason = content
    else:
        digest = hashlib.sha256(content).digest()
        if digest == wanted.sha256:
            return content
        reason = (
            f"The object was changed since: its SHA-256 is {digest.hex()} and was "
            f"{wanted.sha256.hex()}. Look for its earlier version in the bucket."
        )
    raise RecordMissing(
        f"The bytes of {wanted.uri} were let go to keep the cache within its size, "
        f"and could not be fetched again. {reason}"
    )


class _LetGoFiles:
    """An object source of let go files; reads in any thread."""

    def __init__(self, connection: Connection, *, offline: bool = False) -> None:
        self._connection = connection
        self._offline = offline
        self._lock = Lock()
        self.passed_over = 0
        self._profiles: dict[str, str | None] = {}
        self._buckets: dict[str, Bucket] = {}
        self._refused: dict[str, str] = {}

    def wanted(self, files: list[LetGo]) -> list[LogObject]:
        """Find out how some files can be read; return them as objects, in the same order."""
        for file in files:
            name = _bucket_of(file.uri)
            if name not in self._profiles:
                self._profiles[name] = bodies.reader_of(self._connection, name)
        return [LogObject(file.uri, "s3", file.size) for file in files]

    def objects(self) -> Iterator[LogObject]:
        """Yield none: what is wanted is said one by one."""
        return iter(())

    def read(self, item: LogObject) -> bytes:
        """Return the bytes as they are now; raises OSError with a reason."""
        if self._offline:
            raise OSError(_OFFLINE)
        name = _bucket_of(item.uri)
        with self._lock:
            refused = self._refused.get(name)
            if refused is None and name not in self._buckets:
                self._buckets[name] = _bucket(name, self._profiles[name])
        if refused is not None:
            raise OSError(refused)
        try:
            return self._buckets[name].read(item.uri.removeprefix(f"{_SCHEME}{name}/"))
        except SourceError as error:
            with self._lock:
                self._refused[name] = str(error).removesuffix(".")
            raise OSError(self._refused[name]) from error


def _bucket_of(uri: str) -> str:
    return uri.removeprefix(_SCHEME).partition("/")[0]


def _bucket(name: str, profile: str | None) -> Bucket:
    from tui.sources.aws.s3 import Bucket
    from tui.sources.aws.sessions import Account

    account = Account(profile)
    return Bucket(name, lambda region: account.client("s3", region), profile=profile)
