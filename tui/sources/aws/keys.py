"""The S3 keys of CloudTrail: how they are built, read and put in order.

    [prefix/]AWSLogs/[o-id/]account/KIND/region/YYYY/MM/DD/name

Owns the grammar only; it knows no bucket and no client. The date is that of the delivery, not of
the events. A log file's name holds the slot it was delivered in, a digest's the end of its hour.

Sources: CloudTrail user guide, "Finding your CloudTrail log files", "CloudTrail log file name
format" and "CloudTrail digest file structure".
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tui.deriving.times import event_time

ROOT = "AWSLogs"
DAY_MS = 86_400_000
MINUTE_MS = 60_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)
_MS = timedelta(milliseconds=1)


class Kind(StrEnum):
    """What a folder below an account holds; management and data events share one."""

    EVENTS = "CloudTrail"
    INSIGHTS = "CloudTrail-Insight"
    NETWORK = "CloudTrail-NetworkActivity"
    AGGREGATED = "CloudTrail-Aggregated"
    DIGESTS = "CloudTrail-Digest"


LOG_KINDS = (Kind.EVENTS, Kind.INSIGHTS, Kind.NETWORK, Kind.AGGREGATED)
"""The kinds that hold events."""

ORGANIZATION = r"o-[a-z0-9]{10,32}"
ACCOUNT = r"[0-9]{12}"
REGION = r"[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}"
_KIND = "|".join(re.escape(kind) for kind in sorted(Kind, key=len, reverse=True))

_KEY = re.compile(
    rf"(?P<prefix>(?:.*/)?){ROOT}/(?:(?P<organization>{ORGANIZATION})/)?(?P<account>{ACCOUNT})/"
    rf"(?P<kind>{_KIND})/(?P<region>{REGION})/"
    r"(?P<day>[0-9]{4}/[0-9]{2}/[0-9]{2})/(?P<name>[^/]+)",
    re.DOTALL,
)
_STAMP = re.compile(r".*_(?P<stamp>[0-9]{8}T[0-9]{4}(?:[0-9]{2})?Z)", re.DOTALL)
_DIGEST = re.compile(
    rf"{ACCOUNT}_{Kind.DIGESTS}_{REGION}_(?P<trail>.+)_(?P<home>{REGION})"
    r"_[0-9]{8}T[0-9]{6}Z(?P<backfill>_backfill)?\.json\.gz",
    re.DOTALL,
)
_LOG_ENDINGS = (".json.gz", ".json", ".gz")
"""What copied and unpacked log files are called too."""


class Folder(NamedTuple):
    """Where the deliveries of one kind from one account and region go."""

    prefix: str
    """Everything before `AWSLogs/`, with its slash; empty when there is nothing."""
    organization: str | None
    account: str
    kind: Kind
    region: str

    def path(self) -> str:
        """Return the folder's own prefix in the bucket, ending in a slash."""
        organization = f"{self.organization}/" if self.organization else ""
        return f"{self.prefix}{ROOT}/{organization}{self.account}/{self.kind}/{self.region}/"

    def day_prefix(self, day: date) -> str:
        """Return the prefix of everything delivered on that day, UTC."""
        return f"{self.path()}{day.year:04}/{day.month:02}/{day.day:02}/"

    def name_prefix(self) -> str:
        """Return how the names of its log files begin; the slot follows."""
        return f"{self.account}_{self.kind}_{self.region}_"

    def start_after(self, stamp: int) -> str:
        """Return a key that sorts before the log files of that slot and after all earlier ones.

        `stamp` is ms since 1970 UTC and is cut to its minute. It must not be used to resume after
        a key: what is delivered later into the same slot may sort anywhere in it.
        """
        prefix = self.day_prefix(day_of(stamp))
        return f"{prefix}{self.name_prefix()}{_written(stamp)[:13]}"

    def log_key(self, stamp: int, unique: str) -> str:
        """Return the key of a log file delivered in the slot at `stamp`, ms since 1970 UTC."""
        name = f"{self.name_prefix()}{_written(stamp)[:13]}Z_{unique}.json.gz"
        return self.day_prefix(day_of(stamp)) + name

    def digest_key(self, stamp: int, digest: Digest) -> str:
        """Return the key of the digest of an hour that ends at `stamp`, ms since 1970 UTC."""
        tail = "_backfill" if digest.backfill else ""
        name = f"{self.name_prefix()}{digest.trail}_{digest.home_region}_{_written(stamp)}Z{tail}"
        return f"{self.day_prefix(day_of(stamp))}{name}.json.gz"


class Digest(NamedTuple):
    """What only the name of a digest file tells."""

    trail: str
    home_region: str
    backfill: bool
    """Whether it covers log files that the digest of their hour missed."""


class LogKey(NamedTuple):
    """One parsed key. Account and region are those of the path; a name may disagree."""

    prefix: str
    organization: str | None
    account: str
    kind: Kind
    region: str
    day: date
    """Of the delivery, UTC."""
    name: str
    stamp: int | None
    """The slot in the name, or a digest's end, in ms since 1970 UTC; None if the name has none."""
    digest: Digest | None = None

    @property
    def folder(self) -> Folder:
        """Return where it was delivered."""
        return Folder(self.prefix, self.organization, self.account, self.kind, self.region)

    def key(self) -> str:
        """Return the key it was parsed from."""
        return self.folder.day_prefix(self.day) + self.name


def parse_key(key: str) -> LogKey | None:
    """Return what a key tells, or None when it is that of no log or digest file."""
    found = _KEY.fullmatch(key)
    if found is None or not found["name"].endswith(_LOG_ENDINGS):
        return None
    day = parse_day(found["day"])
    if day is None:
        return None
    name, kind = found["name"], Kind(found["kind"])
    digest = None
    if kind is Kind.DIGESTS:
        digest = _digest(name)
        if digest is None:
            return None
    place = (found["prefix"], found["organization"], found["account"], kind, found["region"])
    return LogKey(*place, day, name, parse_stamp(name), digest)


def parse_stamp(name: str) -> int | None:
    """Return the last delivery time in a file's name in ms since 1970 UTC, or None."""
    found = _STAMP.match(name)
    return event_time(found["stamp"]) if found else None


def parse_day(text: str) -> date | None:
    """Return the day of `YYYY/MM/DD`, or None when there is no such day since 1970."""
    try:
        day = date(*map(int, text.split("/")))
    except (TypeError, ValueError):
        return None
    return day if day >= _EPOCH_DAY else None


def day_of(ms: int) -> date:
    """Return the day, UTC, of a time in ms since 1970 UTC."""
    return _EPOCH_DAY + timedelta(days=ms // DAY_MS)


def day_start(day: date) -> int:
    """Return when a day begins, in ms since 1970 UTC."""
    return (day - _EPOCH_DAY).days * DAY_MS


def _written(stamp: int) -> str:
    moment = _EPOCH + stamp * _MS
    return f"{moment.year:04}{moment:%m%dT%H%M%S}"


def _digest(name: str) -> Digest | None:
    """Read from both ends: a trail's name may itself hold `_`, `-` and `.`."""
    found = _DIGEST.fullmatch(name)
    if found is None:
        return None
    return Digest(found["trail"], found["home"], found["backfill"] is not None)
