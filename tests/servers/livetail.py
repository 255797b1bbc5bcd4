"""Live Tail as CloudWatch Logs answers it: frames of an event stream, as long as a session lasts.

Source: Smithy, "Amazon Event Stream Specification"; CloudWatch Logs API reference, StartLiveTail.
"""

from __future__ import annotations

import json
import struct
from binascii import crc32
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, Queue

_STRING = 7
_EVERY = 0.05
"""Seconds between two updates; those of AWS come every second."""


def frame(payload: bytes, **headers: str) -> bytes:
    """Return one message of an event stream; names of headers get their colon here."""
    head = b""
    for name, value in headers.items():
        key = f":{name.replace('_', '-')}".encode()
        head += struct.pack("!B", len(key)) + key
        head += struct.pack("!BH", _STRING, len(value)) + value.encode()
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", crc32(prelude)) + head + payload
    return message + struct.pack("!I", crc32(message))


def event(kind: str, content: Mapping[str, object]) -> bytes:
    """Return an event of a kind."""
    payload = json.dumps(content).encode()
    return frame(payload, message_type="event", event_type=kind, content_type="application/json")


class LiveTail:
    """What is said is told to the session that is open, or to the next one."""

    def __init__(self) -> None:
        self.sessions = 0
        self.open = 0
        self._items: Queue[bytes | None] = Queue()

    def say(self, messages: Sequence[str], *, sampled: bool = False, at: int = 0) -> None:
        """Tell of messages in one update; `at` is their time, ms."""
        results = [
            {"logStreamName": "s", "timestamp": at, "ingestionTime": at, "message": each}
            for each in messages
        ]
        self._items.put(
            event(
                "sessionUpdate",
                {"sessionMetadata": {"sampled": sampled}, "sessionResults": results},
            )
        )

    def end(self, why: str = "SessionTimeoutException") -> None:
        """End the session that is open with an exception."""
        payload = json.dumps({"message": "The session is over."}).encode()
        self._items.put(frame(payload, message_type="exception", exception_type=why))
        self._items.put(None)

    def cut(self) -> None:
        """Break off the session that is open in the middle of a frame."""
        self._items.put(event("sessionUpdate", {})[:9])
        self._items.put(None)

    def session(self) -> Iterator[bytes]:
        """Yield the frames of one session."""
        self.sessions += 1
        self.open += 1
        try:
            yield event("initial-response", {})
            yield event("sessionStart", {"sessionId": str(self.sessions)})
            while True:
                try:
                    item = self._items.get(timeout=_EVERY)
                except Empty:
                    item = event("sessionUpdate", {"sessionMetadata": {"sampled": False}})
                if item is None:
                    return
                yield item
        finally:
            self.open -= 1
