"""Log files made by hand, as AWS and others deliver them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from isal import igzip

from tui.domain.objects import LogObject
from tui.sources.decode import decode
from tui.storage.cache import Cache
from tui.storage.writer import Writer, Written

START = 1_700_000_000_000
"""2023-11-14T22:13:20Z."""


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def record(number: int, **changes: object) -> dict[str, object]:
    """Return a record of its own id, one second later for each number."""
    second = START // 1000 + number
    minute, seconds = divmod(second % 3600, 60)
    hour, day = second // 3600 % 24, 14 + (second - 1_699_920_000) // 86_400
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": f"user-{number % 7}"},
        "eventTime": f"2023-11-{day:02}T{hour:02}:{minute:02}:{seconds:02}Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject" if number % 3 else "DeleteBucket",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": f"203.0.113.{number % 5}",
        "requestParameters": {"bucketName": f"bucket-{number % 11}"},
        "eventID": guid(number),
        "recipientAccountId": "111122223333",
    } | changes


def line(number: int, **changes: object) -> bytes:
    """Return a record as compact JSON."""
    return json.dumps(record(number, **changes), separators=(",", ":")).encode()


def log_text(*records: bytes) -> bytes:
    return b'{"Records":[' + b",".join(records) + b"]}"


def log_file(*records: bytes) -> bytes:
    return igzip.compress(log_text(*records))


class Delivered:
    """An object source over bytes; an error in place of bytes is raised when they are read."""

    def __init__(self, files: Mapping[str, bytes | OSError]) -> None:
        self.files = files
        self.passed_over = 0

    def objects(self) -> Iterator[LogObject]:
        for name, content in self.files.items():
            size = len(content) if isinstance(content, bytes) else 1
            yield LogObject(f"file:///logs/{name}", "local", size, START)

    def read(self, item: LogObject) -> bytes:
        content = self.files[Path(item.uri).name]
        if isinstance(content, OSError):
            raise content
        return content


def write(cache: Cache, **files: bytes) -> Written:
    """Write files as one batch."""
    with cache.connection() as connection:
        return Writer(cache, connection).write(
            decode(
                (LogObject(f"file:///logs/{name}", "local", len(content)), content)
                for name, content in files.items()
            )
        )
