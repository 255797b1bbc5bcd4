"""Log files by their addresses, whatever bucket they are in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tui.domain.objects import LogObject
from tui.sources.aws.allowed import Readers
from tui.sources.aws.s3 import Bucket
from tui.sources.aws.sessions import Account

SCHEME = "s3://"


class Objects:
    """Reads `s3://bucket/key` with the credentials of accounts; safe to share between threads."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = accounts
        self._buckets: dict[str, Readers] = {}

    def read(self, item: LogObject) -> bytes:
        """Return a log file's bytes.

        Raises OSError when this one cannot be had, SourceError when none of its bucket can.
        """
        name, _, key = item.uri.removeprefix(SCHEME).partition("/")
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets.setdefault(name, self._opened(name))
        return bucket.read(key)

    def reader(self, name: str) -> str | None:
        """Return the profile that the objects of a bucket, which was read, are read with."""
        return self._buckets[name].profile

    def _opened(self, name: str) -> Readers:
        first, *others = (
            Bucket(name, partial(each.client, "s3"), profile=each.profile)
            for each in self._accounts
        )
        readers = Readers(first)
        for each in others:
            readers.add(each)
        return readers
