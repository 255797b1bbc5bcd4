"""A loopback AWS: moto behind a front that answers what moto lacks and lets things go wrong.

One process has one of these at a time, as moto keeps its state in the process. Nothing leaves the
machine: the front listens on 127.0.0.1 on a port of the system's choice.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias
from urllib.parse import unquote

from moto.core.base_backend import BackendDict
from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends
from werkzeug.serving import BaseWSGIServer, make_server

from tests.servers.faults import ERRORS, PAGE, Answer, Asked, Fault, Faults, refusal, reset
from tests.servers.history import ACCOUNT, OPERATIONS, CloudTrail, Place, Refused
from tests.servers.livetail import LiveTail

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

App: TypeAlias = "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]"

_SIGNED = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_REFUSED = 400
_DENIED = 403


class _Dispatcher(DomainDispatcherApplication):
    """Looks for the service of a host once; moto goes through its folders for every request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._found: dict[str | None, object] = {}

    def get_backend_for_host(self, host: str | None) -> object:
        """Return the name of the service that answers for a host."""
        if host not in self._found:
            self._found[host] = super().get_backend_for_host(host)
        return self._found[host]


class _Handler(MotoRequestHandler):
    """Serves without a line on stderr for each request."""

    def connection_dropped(
        self, error: BaseException, environ: WSGIEnvironment | None = None
    ) -> None:
        """Let the other side see a reset, whoever broke the connection."""
        super().connection_dropped(error, environ)
        self.close_connection = True
        reset(self.connection)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class _Signature:
    key: str = ""
    region: str = "us-east-1"
    service: str = ""


def _signature(environ: WSGIEnvironment) -> _Signature:
    match = _SIGNED.search(environ.get("HTTP_AUTHORIZATION", ""))
    return _Signature(**match.groupdict()) if match else _Signature()


@dataclass
class LoopbackAws:
    """AWS for tests; a context manager that serves while it is open."""

    cloudtrail: CloudTrail = field(default_factory=CloudTrail)
    faults: Faults = field(default_factory=Faults)
    accounts: dict[str, str] = field(default_factory=dict)
    """Account of an access key, for keys that moto did not hand out itself."""
    enabled: tuple[str, ...] | None = None
    """Regions that account:ListRegions tells of; None where that is denied."""
    quick: bool = False
    """Whether objects are sent from moto's store without going through all of moto: several times
    as fast, and all the same to those who only read them."""
    live: LiveTail | None = None
    """Who answers StartLiveTail; without one, moto does."""
    asked: list[Asked] = field(default_factory=list)
    """Every request, in the order of arrival."""
    _server: BaseWSGIServer | None = None
    _thread: Thread | None = None

    def __post_init__(self) -> None:
        self._moto: App = _Dispatcher()

    @property
    def url(self) -> str:
        """Where it listens, for AWS_ENDPOINT_URL."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # nobody asks for these 1,300 images
        server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_Handler)
        self._server = server
        self._thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reset(self) -> None:
        """Become a new AWS at the same address."""
        self.cloudtrail = CloudTrail()
        self.faults = Faults()
        self.accounts = {}
        self.enabled = None
        self.quick = False
        self.live = None
        self.asked = []
        BackendDict.reset()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        signature = _signature(environ)
        asked = _asked(environ, signature)
        self.asked.append(asked)
        rule = self.faults.strike(asked)
        fault = rule.fault if rule else None
        if fault is Fault.RESET:
            raise ConnectionResetError
        if fault in ERRORS:
            error = ERRORS[fault]
            return _send(start, refusal(asked, error.status, error.xml, error.json, error.message))
        if fault is Fault.PAGE:
            return _send(start, rule.page if rule else PAGE)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = self._account(signature.key)
        if fault is not Fault.TRUNCATED:
            return self._answer(asked, signature, environ, start)
        return _truncated(lambda first: self._answer(asked, signature, environ, first), start)

    def _account(self, key: str) -> str:
        return self.accounts.get(key) or get_account_id_from(key)

    def _answer(
        self,
        asked: Asked,
        signature: _Signature,
        environ: WSGIEnvironment,
        start: StartResponse,
    ) -> Iterable[bytes]:
        operation = asked.target.rpartition(".")[2]
        if signature.service == "cloudtrail" and operation in OPERATIONS:
            place = Place(self._account(signature.key), signature.region)
            body = environ["wsgi.input"].read(asked.length)
            return _send(start, self._planted(asked, operation, place, json.loads(body or b"{}")))
        if signature.service == "account" and asked.path.startswith("/listRegions"):
            return _send(start, self._regions(asked))
        if self.quick and signature.service == "s3" and asked.method == "GET":
            found = _stored(asked.path)
            if found is not None:
                return _send(start, found)
        if self.live and operation == "StartLiveTail":
            start("200 OK", [("Content-Type", "application/vnd.amazon.eventstream")])
            return self.live.session()
        return self._moto(environ, start)

    def _planted(
        self, asked: Asked, operation: str, place: Place, parameters: dict[str, object]
    ) -> Answer:
        try:
            answer = self.cloudtrail.answer(operation, place, parameters)
        except Refused as error:
            return refusal(asked, _REFUSED, error.code, error.code, str(error))
        return _json(answer)

    def _regions(self, asked: Asked) -> Answer:
        if self.enabled is None:
            error = ERRORS[Fault.ACCESS_DENIED]
            return refusal(asked, _DENIED, error.xml, error.json, error.message)
        return _json({"Regions": [{"RegionName": name} for name in self.enabled]})


def _stored(path: str) -> Answer | None:
    """Return an object of moto's store, or None for any other question."""
    place, _, query = path.partition("?")
    bucket, _, name = unquote(place).lstrip("/").partition("/")
    if query or not name:
        return None
    try:
        key = s3_backends[ACCOUNT]["aws"].get_object(bucket, name)
    except MissingBucket:
        return None
    if key is None:
        return None
    headers = [*key.metadata.items(), *key.response_dict.items()]
    kept = [(name, str(value)) for name, value in headers if name.lower() != "content-length"]
    return Answer(200, kept, key.value)


def _json(answer: object) -> Answer:
    headers = [("Content-Type", "application/x-amz-json-1.1")]
    return Answer(200, headers, json.dumps(answer).encode())


def _asked(environ: WSGIEnvironment, signature: _Signature) -> Asked:
    return Asked(
        environ["REQUEST_METHOD"],
        str(environ.get("REQUEST_URI", environ["PATH_INFO"])),
        environ.get("HTTP_X_AMZ_TARGET", ""),
        signature.service,
        environ.get("HTTP_USER_AGENT", ""),
        int(environ.get("CONTENT_LENGTH") or 0),
        signature.key,
    )


def _send(start: StartResponse, answer: Answer) -> Iterable[bytes]:
    headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    start(f"{answer.status} {answer.status}", headers)
    return [answer.body]


def _truncated(
    answer: Callable[[StartResponse], Iterable[bytes]], start: StartResponse
) -> Iterable[bytes]:
    """Send half of an answer under the headers of the whole."""
    heads: list[tuple[str, list[tuple[str, str]]]] = []

    def keep(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        heads.append((status, headers))
        return io.BytesIO().write

    body = b"".join(answer(keep))
    status, headers = heads[0]
    kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
    start(status, [*kept, ("Content-Length", str(len(body)))])
    return [body[: len(body) // 2]]
