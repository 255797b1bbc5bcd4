"""GetObject without what botocore works out anew for each request: it takes half the processor.

The first object of a bucket goes through botocore; where it was sent and how it was signed holds
for the others. Owns that shortcut and nothing else: what S3 does not answer with an object at once
is for botocore, which knows how to repeat, to redirect and to explain.

Source: signing and connections are botocore's own (RequestSigner, URLLib3Session).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, local
from typing import Any, NamedTuple
from urllib.parse import quote

from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from urllib3.exceptions import HTTPError

from tui.sources.aws.shapes import Client

_LEARNT_FROM = "before-sign.s3.GetObject"
_SIGNATURE = "s3v4"
"""Others need more than a request to be signed."""
_OF_ONE_REQUEST = "amz-sdk-"
"""Headers that begin so tell of one request only."""
_UNQUOTED = "/~"
_OK, _NOT_FOUND = 200, 404
_MOST_REFUSED = 3
"""In a row; then botocore is asked at once, or each object would be refused twice."""


class Reply(NamedTuple):
    """An object, whole."""

    body: bytes
    headers: Mapping[str, str]
    """By lower-case names."""


class _Pattern(NamedTuple):
    """What requests for the objects of a bucket have in common."""

    client: Client
    place: str
    """The address of a key, without the key."""
    headers: Mapping[str, str]
    signer: Any
    region: str


class Direct:
    """The shortcut to the objects of one bucket; may be used from any thread."""

    def __init__(self) -> None:
        self._learning = Lock()
        self._asking = local()
        self._pattern: _Pattern | None = None
        self._refused = 0

    def knows(self, client: Client) -> bool:
        """Return whether objects can be asked for as this client would."""
        return self._learnt(client) is not None and self._refused < _MOST_REFUSED

    @contextmanager
    def learning(self, client: Client, key: str) -> Iterator[None]:
        """Watch meanwhile how a client asks for an object, and keep it if that goes well."""
        if self._learnt(client) or not self._learning.acquire(blocking=False):
            yield
            return
        events = client.meta.events
        self._asking.now, self._asking.seen = (client, quote(key, safe=_UNQUOTED)), None
        events.register(_LEARNT_FROM, self._learn)
        try:
            yield
            self._pattern = self._asking.seen or self._pattern
        finally:
            events.unregister(_LEARNT_FROM, self._learn)
            self._asking.now = None
            self._learning.release()

    def get(self, client: Client, key: str, most: int) -> Reply | None:
        """Return an object of at most so many bytes; None if botocore is to be asked."""
        pattern = self._learnt(client)
        if pattern is None:
            return None
        try:
            answer = _sent(client, _signed(pattern, key))
            headers = {name.lower(): text for name, text in answer.headers.items()}
            size = int(headers.get("content-length", most + 1))
            if answer.status_code == _OK and size <= most and "etag" in headers:
                self._refused = 0
                body: bytes = answer.content
                return Reply(body, headers) if len(body) == size else None
            answer.raw.close()
        except (HTTPClientError, HTTPError, ValueError):
            return None
        self._refused += answer.status_code not in (_OK, _NOT_FOUND)
        return None

    def _learnt(self, client: Client) -> _Pattern | None:
        pattern = self._pattern
        return pattern if pattern is not None and pattern.client is client else None

    def _learn(
        self,
        request: AWSRequest,
        region_name: str,
        signature_version: object,
        request_signer: object,
        **_: object,
    ) -> None:
        asked = getattr(self._asking, "now", None)
        if asked is None or signature_version != _SIGNATURE:
            return
        client, key = asked
        place, found, rest = request.url.rpartition(key)
        if found and not rest:
            headers = {
                name: text
                for name, text in request.headers.items()
                if not name.lower().startswith(_OF_ONE_REQUEST)
            }
            self._asking.seen = _Pattern(client, place, headers, request_signer, region_name)


def _signed(pattern: _Pattern, key: str) -> AWSRequest:
    address = pattern.place + quote(key, safe=_UNQUOTED)
    request = AWSRequest("GET", address, dict(pattern.headers), stream_output=True)
    pattern.signer.get_auth_instance("s3", pattern.region, _SIGNATURE).add_auth(request)
    return request


def _sent(client: Client, request: AWSRequest) -> Any:
    """Send a request over the connections of a client, with its certificates and proxies."""
    endpoint: Any = client._endpoint  # noqa: SLF001 - it shows nobody its connections otherwise
    return endpoint.http_session.send(request.prepare())
