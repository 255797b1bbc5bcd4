"""A bucket of files on loopback, read only, as lean as Python's own server: for measuring.

It answers what reading log files asks of S3 (HeadBucket, ListObjectsV2, GetObject), says whose the
credentials are (GetCallerIdentity), denies all else, and checks no signature.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "measured-logs"
_PAGE = 1000
_MODIFIED = "2026-01-01T00:00:00.000Z"

_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/measured</Arn>"
    "<UserId>AIDAMEASURED</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
    "</GetCallerIdentityResponse>"
)
_DENIED_XML = b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
_DENIED_JSON = b'{"__type": "AccessDeniedException", "message": "denied"}'


@contextmanager
def serving(files: Mapping[str, Path | bytes]) -> Iterator[str]:
    """Serve files by their keys from a process of its own; yield the address of the server."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, files), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


def _serve(answer: Connection, files: Mapping[str, Path | bytes]) -> None:
    contents = {
        key: file if isinstance(file, bytes) else file.read_bytes() for key, file in files.items()
    }

    class Handler(_Handler):
        held = contents
        keys = sorted(contents)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answer.send(server.server_port)
    server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    held: Mapping[str, bytes]
    keys: list[str]

    def do_HEAD(self) -> None:
        self._send(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if b"Action=GetCallerIdentity" in body:
            self._send(_IDENTITY.encode())
        else:
            self._send(_DENIED_XML if b"Action=" in body else _DENIED_JSON, 403)

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        key = unquote(asked.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        if key:
            self._send(self.held[key])
            return
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        self._send(self._listing(query).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _listing(self, query: Mapping[str, str]) -> str:
        prefix = query.get("prefix", "")
        after = query.get("continuation-token") or query.get("start-after") or ""
        at = max(bisect_left(self.keys, prefix), bisect_right(self.keys, after))
        shown: list[str] = []
        while at < len(self.keys) and self.keys[at].startswith(prefix) and len(shown) < _PAGE:
            key = self.keys[at]
            folder, slash, _ = key[len(prefix) :].partition("/")
            if query.get("delimiter") and slash:
                key = prefix + folder + "/"
                at = bisect_left(self.keys, key + "\U0010ffff")
                shown.append(f"<CommonPrefixes><Prefix>{escape(key)}</Prefix></CommonPrefixes>")
                continue
            shown.append(self._row(key))
            at += 1
        more = at < len(self.keys) and self.keys[at].startswith(prefix)
        token = f"<NextContinuationToken>{escape(self.keys[at - 1])}</NextContinuationToken>"
        return (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"{token if more else ''}{''.join(shown)}</ListBucketResult>"
        )

    def _row(self, key: str) -> str:
        body = self.held[key]
        return (
            f"<Contents><Key>{escape(key)}</Key><LastModified>{_MODIFIED}</LastModified>"
            f"<ETag>&quot;{hashlib.md5(body, usedforsecurity=False).hexdigest()}&quot;</ETag>"
            f"<Size>{len(body)}</Size></Contents>"
        )

    def _send(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amz-bucket-region", "us-east-1")
        self.send_header("ETag", '"measured"')
        self.end_headers()
        self.wfile.write(body)
