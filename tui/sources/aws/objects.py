"""Log files by their addresses, whatever bucket they are in."""

from __future__ import annotations

from tui.domain.objects import LogObject
from tui.sources.aws.s3 import Bucket
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client

SCHEME = "s3://"


class Objects:
    """Reads `s3://bucket/key` with the credentials of an account; safe to share between threads."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._buckets: dict[str, Bucket] = {}

    def read(self, item: LogObject) -> bytes:
        """Return a log file's bytes.

        Raises OSError when this one cannot be had, SourceError when none of its bucket can.
        """
        name, _, key = item.uri.removeprefix(SCHEME).partition("/")
        bucket = self._buckets.get(name)
        if bucket is None:
            made = Bucket(name, self._client, profile=self._account.profile)
            bucket = self._buckets.setdefault(name, made)
        return bucket.read(key)

    def _client(self, region: str | None) -> Client:
        return self._account.client("s3", region)
