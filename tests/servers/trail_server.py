"""A trail's bucket and CloudTrail on loopback, as lean as Python's own server: for measuring.

It answers what verifying asks: the trail, its public keys, both kinds of listings, objects with
their metadata. Every answer can be made to wait, as answers of S3 do.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.bucket import BUCKET, _Handler
from tests.servers.digested import HOME, TRAIL, Delivery
from tests.servers.history import ACCOUNT

ARN = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{TRAIL}"
_ABSENT = b"<Error><Code>NoSuchKey</Code><Message>It is not there.</Message></Error>"
_LOCATION = b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
_BACKLOG = 256
"""Connections that may wait to be taken: many are opened at once."""


class _Held(NamedTuple):
    objects: Mapping[str, tuple[bytes, Mapping[str, str]]]
    keys: list[dict[str, object]]
    delay: float


@contextmanager
def serving(made: Delivery, delay: float = 0.0) -> Iterator[str]:
    """Serve a delivery from a process of its own; each answer waits so many seconds."""
    keys: list[dict[str, object]] = [
        {
            "Fingerprint": each.fingerprint,
            "Value": base64.b64encode(each.value).decode(),
            "ValidityStartTime": each.start / 1000,
            "ValidityEndTime": each.end / 1000,
        }
        for each in made.public
    ]
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    held = _Held(made.objects, keys, delay)
    process = context.Process(target=_serve, args=(theirs, held), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


def _serve(answer: Connection, given: _Held) -> None:
    bodies = {key: body for key, (body, _) in given.objects.items()}
    members = {key: metadata for key, (_, metadata) in given.objects.items()}
    signs = {key: f'"{_md5(body)}"' for key, body in bodies.items()}

    class Handler(_TrailHandler):
        held = bodies
        metadata = members
        etags = signs
        keys = sorted(bodies)
        public = given.keys
        delay = given.delay

    class Server(ThreadingHTTPServer):
        request_queue_size = _BACKLOG

    server = Server(("127.0.0.1", 0), Handler)
    answer.send(server.server_port)
    server.serve_forever()


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


class _TrailHandler(_Handler):
    metadata: Mapping[str, Mapping[str, str]]
    etags: Mapping[str, str]
    public: list[dict[str, object]]
    delay: float

    def do_HEAD(self) -> None:  # noqa: N802 - as HTTP calls it
        time.sleep(self.delay)
        super().do_HEAD()

    def do_POST(self) -> None:  # noqa: N802 - as HTTP calls it
        time.sleep(self.delay)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        answers: dict[str, dict[str, object]] = {
            "DescribeTrails": {"trailList": [_TRAIL]},
            "ListPublicKeys": {"PublicKeyList": self.public},
        }
        self._send(json.dumps(answers[operation]).encode())

    def do_GET(self) -> None:  # noqa: N802 - as HTTP calls it
        time.sleep(self.delay)
        asked = urlsplit(self.path)
        key = unquote(asked.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        query = {
            name: all_[0] for name, all_ in parse_qs(asked.query, keep_blank_values=True).items()
        }
        if key in self.held:
            self._object(key)
        elif key:
            self._refuse()
        elif "location" in query:
            self._send(_LOCATION)
        else:
            query.setdefault("start-after", query.get("marker", ""))
            self._send(self._listing(query).encode())

    def _object(self, key: str) -> None:
        body = self.held[key]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", self.etags[key])
        for name, value in self.metadata[key].items():
            self.send_header(f"x-amz-meta-{name}", value)
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self) -> None:
        self.send_response(404)
        self.send_header("Content-Length", str(len(_ABSENT)))
        self.end_headers()
        self.wfile.write(_ABSENT)


_TRAIL: dict[str, object] = {
    "Name": TRAIL,
    "TrailARN": ARN,
    "HomeRegion": HOME,
    "S3BucketName": BUCKET,
    "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
}
