"""One S3 bucket, read only: its region, its listings and its objects, every request counted.

Owns the requests, asking again for what was lost on its way, and the counting. It knows nothing of
what the keys mean. Throttling and errors of S3 itself are tried again by botocore.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import NamedTuple, TypeAlias, TypeVar
from xml.etree.ElementTree import ParseError

from botocore.exceptions import ClientError

from tui.errors import SourceError
from tui.sources.aws.answers import required
from tui.sources.aws.direct import Direct, Reply
from tui.sources.aws.problems import FAILURES, code_of
from tui.sources.aws.s3_problems import IN_TRANSIT, Asked, no_bucket, refusal
from tui.sources.aws.shapes import Answer, Client
from tui.sources.container import CAP

T = TypeVar("T")

USD_PER_REQUEST = {"list": 0.005 / 1000, "get": 0.0004 / 1000, "head": 0.0004 / 1000}
"""S3 pricing, us-east-1, S3 Standard: LIST, and GET and all other requests."""
DEFAULT_REGION = "us-east-1"
_LEGACY_REGIONS = {"": DEFAULT_REGION, "EU": "eu-west-1"}
"""What GetBucketLocation calls two regions (its API reference)."""
_QUOTE = '"'
_METADATA = "x-amz-meta-"
"""How headers of user metadata begin (S3 user guide, "User-defined object metadata")."""
_ATTEMPTS = 4
_FIRST_PAUSE = 0.2
"""Seconds before the second attempt; each further pause is twice as long."""


ClientFactory: TypeAlias = Callable[[str | None], Client]
"""Returns a client for a region, or for the session's own; it is asked each time, so that
clients with renewed credentials are taken up."""


class Usage:
    """Requests by kind and bytes received; may be counted from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.requests: Counter[str] = Counter()
        """By kind: list, get, head; those that botocore repeated included."""
        self.bytes: Counter[str] = Counter()
        """Of object bodies, by kind; the sizes of listings are not known."""

    def count(self, kind: str, requests: int, size: int = 0) -> None:
        """Add some requests and the bytes they brought."""
        with self._lock:
            self.requests[kind] += requests
            if size:
                self.bytes[kind] += size

    def cost(self) -> float:
        """Return the estimated price of the requests in USD, without data transfer."""
        with self._lock:
            return sum(USD_PER_REQUEST[kind] * count for kind, count in self.requests.items())


class ListedKey(NamedTuple):
    """One object of a listing."""

    key: str
    size: int
    modified: datetime
    etag: str


class Page(NamedTuple):
    """One page of a listing."""

    keys: list[ListedKey]
    folders: list[str]
    """Prefixes that end in the delimiter, if one was asked for."""
    token: str | None
    """For the next page, if there is one."""


class Got(NamedTuple):
    """An object as stored."""

    body: bytes
    metadata: Mapping[str, str]
    """Its user metadata, by lower-case names."""
    version: str
    """As of `version`; empty where the answer does not say."""


def version(etag: str, modified: datetime | None) -> str:
    """Return what tells one state of an object from another, its metadata included.

    The ETag alone stays the same when an object is copied onto itself with other metadata. Empty
    where either is not told.
    """
    return f"{etag.strip(_QUOTE)} {modified:%Y%m%dT%H%M%SZ}" if etag and modified else ""


class Bucket:
    """A bucket, in whatever region and account it is."""

    def __init__(
        self,
        name: str,
        client_for: ClientFactory,
        *,
        requester_pays: bool = False,
        profile: str | None = None,
        cap: int = CAP,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self.usage = Usage()
        self._client_for = client_for
        self._payer = {"RequestPayer": "requester"} if requester_pays else {}
        self.profile = profile
        self._cap = cap
        self._sleep = sleep
        self._direct = Direct()
        self._lock = Lock()
        self._located = False
        self._region: str | None = None

    def page(self, prefix: str, *, after: str = "", token: str = "", folders: bool = False) -> Page:
        """Return a page of at most 1,000 keys under a prefix, in the order of their bytes.

        `after` is only for a first page, `token` for the following ones; with `folders`, keys
        with a further slash are folded into the folder they are in. Raises OSError when this
        prefix is refused, SourceError when nothing of the bucket can be had.
        """
        request: dict[str, object] = {"Bucket": self.name, "Prefix": prefix, **self._payer}
        if token:
            request["ContinuationToken"] = token
        elif after:
            request["StartAfter"] = after
        if folders:
            request["Delimiter"] = "/"
        answer = self._listed(request, prefix)
        keys = [
            ListedKey(each["Key"], each["Size"], each["LastModified"], each["ETag"])
            for each in answer.get("Contents", ())
        ]
        found = [each["Prefix"] for each in answer.get("CommonPrefixes", ())]
        return Page(keys, found, answer.get("NextContinuationToken"))

    def pages(self, prefix: str, *, folders: bool = False) -> Iterator[Page]:
        """Yield all pages under a prefix; raises as `page` does."""
        page = self.page(prefix, folders=folders)
        yield page
        while page.token:
            page = self.page(prefix, token=page.token, folders=folders)
            yield page

    def read(self, key: str) -> bytes:
        """Return an object's bytes as stored; raises as `get` does."""
        return self.get(key).body

    def get(self, key: str) -> Got:
        """Return an object as stored.

        Raises OSError when this object cannot be had, FileNotFoundError when it is not there, and
        SourceError when none can.
        """
        client = self._client()
        if self._direct.knows(client):
            self.usage.count("get", 1)
            reply = self._direct.get(client, key, self._cap)
            if reply is not None:
                self.usage.count("get", 0, len(reply.body))
                return _got(reply)

        def get() -> Got:
            with self._direct.learning(client, key):
                answer = client.get_object(Bucket=self.name, Key=key, **self._payer)
                required(answer, "ETag")
            with closing(answer["Body"]) as body:
                self._repeated("get", answer["ResponseMetadata"])
                if answer["ContentLength"] > self._cap:
                    raise OSError(f"it holds more than {self._cap:,} bytes")
                content: bytes = body.read()
            self.usage.count("get", 0, len(content))
            stored = version(answer.get("ETag", ""), answer.get("LastModified"))
            return Got(content, answer.get("Metadata", {}), stored)

        return self._tried("get", get, self._asked("s3:GetObject", key))

    def _listed(self, request: dict[str, object], prefix: str) -> Answer:
        client = self._client()

        def listing() -> Answer:
            answer = client.list_objects_v2(**request)
            self._repeated("list", answer.get("ResponseMetadata", {}))
            return required(answer, "IsTruncated")

        return self._tried("list", listing, self._asked("s3:ListBucket", prefix))

    def _tried(self, kind: str, ask: Callable[[], T], asked: Asked) -> T:
        """Ask, and ask again when the answer was lost: botocore does not once a body has begun."""
        pause = _FIRST_PAUSE
        for attempt in range(_ATTEMPTS):
            self.usage.count(kind, 1)
            try:
                return ask()
            except FAILURES as error:
                self._repeated(kind, _metadata(error))
                if attempt == _ATTEMPTS - 1 or not isinstance(error, IN_TRANSIT):
                    raise refusal(error, asked) from error
            self._sleep(pause)
            pause *= 2
        raise AssertionError(asked)

    def _repeated(self, kind: str, metadata: Answer) -> None:
        self.usage.count(kind, metadata.get("RetryAttempts", 0))

    def _asked(self, action: str, key: str) -> Asked:
        return Asked(action, self.name, key, bool(self._payer), self.profile)

    def _client(self) -> Client:
        """Return a client for the bucket's own region: to others, S3 answers by redirecting."""
        with self._lock:
            if not self._located:
                self._region = self._found_region(self._client_for(None))
                self._located = True
        return self._client_for(self._region)

    def _found_region(self, client: Client) -> str | None:
        """Return where the bucket is; even a refusal says so. Raises SourceError without one."""
        self.usage.count("head", 1)
        try:
            metadata = client.head_bucket(Bucket=self.name)["ResponseMetadata"]
        except FAILURES as error:
            metadata = _metadata(error)
            if code_of(error) == "404":
                raise no_bucket(self.name) from error
            problem = refusal(error, self._asked("s3:ListBucket", ""))
            if isinstance(problem, SourceError):
                raise problem from error
        self._repeated("head", metadata)
        region = metadata.get("HTTPHeaders", {}).get("x-amz-bucket-region")
        return str(region) if region else self._location(client)

    def _location(self, client: Client) -> str | None:
        self.usage.count("head", 1)
        try:
            answer = client.get_bucket_location(Bucket=self.name)
        except (*FAILURES, ParseError):  # botocore reads this one answer by itself
            return None  # what is asked next is refused with a better reason
        place = str(answer.get("LocationConstraint") or "")
        return _LEGACY_REGIONS.get(place, place)


def _got(reply: Reply) -> Got:
    metadata = {
        name.removeprefix(_METADATA): text
        for name, text in reply.headers.items()
        if name.startswith(_METADATA)
    }
    modified = reply.headers.get("last-modified")
    at = parsedate_to_datetime(modified) if modified else None
    return Got(reply.body, metadata, version(reply.headers.get("etag", ""), at))


def _metadata(error: Exception) -> Answer:
    metadata: Answer = {}
    if isinstance(error, ClientError):
        metadata = error.response.get("ResponseMetadata", {})
    return metadata
