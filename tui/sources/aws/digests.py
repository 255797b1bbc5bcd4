"""Digests, log files and keys of a trail or a place in S3: what a verification reads.

Owns where they are looked for. A digest may name log files and predecessors in other buckets;
those are read there. What any of it proves is `integrity`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from tui.domain.answer import Span
from tui.domain.digests import DigestFile, PublicKey
from tui.domain.evidence import Holding, Listed, ListedDigest, ListedLogs, TrailName
from tui.domain.integrity import Stream
from tui.domain.selection import UNKNOWN, Selection
from tui.errors import Cancelled, CredentialsError, SourceError
from tui.sources.aws.bucket import parse_location
from tui.sources.aws.keys import (
    DAY_MS,
    LOG_KINDS,
    ROOT,
    Folder,
    Kind,
    day_of,
    day_start,
    parse_key,
)
from tui.sources.aws.layout import Found, Wanted, discover, placed
from tui.sources.aws.listing import Window, folder_days, object_of
from tui.sources.aws.problems import Doing, explained
from tui.sources.aws.s3 import Bucket, ListedKey, version
from tui.sources.aws.s3_problems import NoBucket
from tui.sources.aws.selecting import selection
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import Trail

THREADS = 32
"""Requests under way at once."""
DIRECT_DAYS = 40
"""Up to so many days are listed without asking first which of them exist."""
_DAYS_AT_ONCE = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class BucketEvidence:
    """What lies at `s3://bucket/prefix`, or what a trail delivers."""

    def __init__(
        self,
        account: Account,
        location: str | Trail,
        *,
        accounts: Collection[str] = (),
        regions: Collection[str] = (),
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        if isinstance(location, Trail):
            self.target, name, prefix = location.arn, location.bucket, location.root()
            if not location.organization:  # it delivers to its own account's folder only
                prefix += f"{location.account()}/"
        else:
            self.target = location
            name, prefix = parse_location(location)
        self._trail = location if isinstance(location, Trail) else None
        self._account = account
        self._start = placed(prefix)
        self._wanted = Wanted(accounts, regions, (Kind.DIGESTS, *LOG_KINDS))
        self._cancelled = cancelled
        self._lock = Lock()
        self._buckets: dict[str, Bucket] = {}
        self._bucket = self._bucket_of(name)
        self._folders: dict[Holding, Folder] = {}
        self.copies = False
        self.problems: list[str] = []
        """What could not be listed on the way to the folders, as sentences."""

    @property
    def requests(self) -> int:
        """Requests to S3 so far."""
        with self._lock:
            return sum(each.usage.requests.total() for each in self._buckets.values())

    def listable(self) -> bool:
        """Return whether the place to look for digests can be listed; takes a request or two."""
        try:
            self._bucket.page(self._start.path, folders=True)
        except (OSError, SourceError):
            return False
        return True

    def holdings(self) -> list[Holding]:
        """Return the accounts and regions with folders there; raises SourceError, Cancelled."""
        with ThreadPoolExecutor(THREADS) as pool:
            layout = discover(self._bucket, self._start, self._wanted, pool, self._cancelled)
        if self._cancelled():
            raise Cancelled("Looking for digests was stopped.")
        if not layout.rooted and not layout.refused:
            raise SourceError(
                f"There is no {ROOT}/ folder below s3://{self._bucket.name}/{self._start.path}. "
                f"Check the prefix: CloudTrail delivers to PREFIX/{ROOT}/."
            )
        self.problems = [_refused(self._bucket, *each) for each in layout.refused]
        kinds: dict[Folder, set[Kind]] = {}
        for found in layout.found:
            kinds.setdefault(found.folder._replace(kind=Kind.DIGESTS), set()).add(found.folder.kind)
        for folder, held in sorted(kinds.items(), key=lambda each: each[0].path()):
            root = folder.path().removesuffix(f"{folder.account}/{folder.kind}/{folder.region}/")
            place = f"s3://{self._bucket.name}/{root}"
            unknown = any(folder.path().startswith(prefix) for prefix, _ in layout.refused)
            digested = Kind.DIGESTS in held or unknown
            holding = Holding(folder.account, folder.region, place, digested)
            self._folders[holding] = folder
        return list(self._folders)

    def digests(self, holding: Holding, span: Span) -> Listed:
        """Return the digests of a span; raises SourceError."""
        return self._digests(self._bucket, self._folders[holding], span)

    def beside(self, uri: str, span: Span) -> Listed:
        """Return the digests of a span in the folder of another one; raises SourceError.

        None, if its bucket is gone.
        """
        bucket, name = parse_location(uri)
        key = parse_key(name)
        if key is None or key.kind is not Kind.DIGESTS:
            return Listed([], [])
        try:
            return self._digests(self._bucket_of(bucket), key.folder, span)
        except NoBucket:
            return Listed([], [])

    def logs(self, folder: str) -> ListedLogs:
        """Return the log files in a folder; raises SourceError."""
        bucket, prefix = parse_location(folder)
        try:
            keys = list(_below(self._bucket_of(bucket), prefix))
        except OSError as error:
            return ListedLogs([], f"{folder} cannot be listed: {error}.")
        except NoBucket:
            keys = []
        return ListedLogs([object_of(bucket, each) for each in keys if parse_key(each.key)])

    def digest(self, listed: ListedDigest) -> DigestFile:
        """Return a digest with its metadata; raises OSError, SourceError."""
        bucket, key = parse_location(listed.uri)
        got = self._bucket_of(bucket).get(key)
        return DigestFile(listed.uri, got.version or listed.version, got.metadata, got.body)

    def log(self, uri: str) -> bytes:
        """Return a log file; raises OSError, SourceError.

        One of a bucket that is gone is not there: digests name those of a trail's former buckets.
        """
        bucket, key = parse_location(uri)
        try:
            return self._bucket_of(bucket).read(key)
        except NoBucket as error:
            raise FileNotFoundError(uri) from error

    def keys(self, region: str, span: Span) -> list[PublicKey]:
        """Return the public keys of a region; raises SourceError."""
        client = self._account.client("cloudtrail", region)
        start, end = _EPOCH + max(0, span.start) * _MS, _EPOCH + span.end * _MS
        what = f"The public keys of {region}"
        with explained(Doing(what, "cloudtrail:ListPublicKeys", self._account.profile, region)):
            answer = client.list_public_keys(StartTime=start, EndTime=end)
        return [
            PublicKey(
                region,
                each["Fingerprint"],
                bytes(each["Value"]),
                (each["ValidityStartTime"] - _EPOCH) // _MS,
                (each["ValidityEndTime"] - _EPOCH) // _MS,
            )
            for each in answer["PublicKeyList"]
        ]

    def selects(self, trail: TrailName) -> Selection:
        """Return what the trail logs now, by its selectors; not known of a place or if refused."""
        own = self._trail
        if own is None or trail != (own.name, own.home_region):
            return UNKNOWN
        try:
            client = self._account.client("cloudtrail", own.home_region)
            return selection(client, own, self._account.profile)
        except CredentialsError:
            raise
        except SourceError:
            return UNKNOWN  # those events are counted as ones of which nothing is known

    def _bucket_of(self, name: str) -> Bucket:
        with self._lock:
            if name not in self._buckets:
                self._buckets[name] = Bucket(
                    name,
                    lambda region: self._account.client("s3", region),
                    profile=self._account.profile,
                )
            return self._buckets[name]

    def _digests(self, bucket: Bucket, folder: Folder, span: Span) -> Listed:
        try:
            days = _days(bucket, folder, span)
        except OSError as error:
            return Listed([], [_refused(bucket, folder.path(), str(error))], [span])
        with ThreadPoolExecutor(_DAYS_AT_ONCE) as pool:
            listed = list(pool.map(lambda day: _of_day(bucket, folder, day), days))
        return Listed(
            [digest for each in listed for digest in each.digests],
            [problem for each in listed for problem in each.problems],
            [span for each in listed for span in each.unknown],
        )


def _days(bucket: Bucket, folder: Folder, span: Span) -> list[date]:
    """Return the days of a folder in a span; raises OSError."""
    first, last = day_of(max(0, span.start)), day_of(span.end)
    length = (last - first).days + 1
    if length <= DIRECT_DAYS:
        return [first + timedelta(days=number) for number in range(length)]
    window = Window(span.start, span.end, first, last)
    return [date.fromordinal(each) for each in folder_days(bucket, Found(folder, ""), window)]


def _of_day(bucket: Bucket, folder: Folder, day: date) -> Listed:
    prefix = folder.day_prefix(day)
    try:
        digests = [_digest(bucket.name, each) for each in _below(bucket, prefix)]
    except OSError as error:
        span = Span(day_start(day), day_start(day) + DAY_MS)
        return Listed([], [_refused(bucket, prefix, str(error))], [span])
    return Listed([each for each in digests if each is not None], [])


def _below(bucket: Bucket, prefix: str) -> Iterator[ListedKey]:
    return (key for page in bucket.pages(prefix) for key in page.keys)


def _refused(bucket: Bucket, prefix: str, reason: str) -> str:
    return f"s3://{bucket.name}/{prefix} cannot be listed: {reason}."


def _digest(bucket: str, listed: ListedKey) -> ListedDigest | None:
    key = parse_key(listed.key)
    if key is None or key.digest is None or key.stamp is None:
        return None
    named = key.digest
    stream = Stream(named.trail, named.home_region, key.account, key.region, named.backfill)
    stored = version(listed.etag, listed.modified)
    return ListedDigest(f"s3://{bucket}/{listed.key}", stream, key.stamp, stored)
