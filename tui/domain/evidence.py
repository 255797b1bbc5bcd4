"""What a verification reads, whatever holds it: a bucket, a folder, the simulated organization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tui.domain.answer import Span
from tui.domain.digests import DigestFile, PublicKey
from tui.domain.integrity import Stream
from tui.domain.objects import LogObject
from tui.domain.selection import Selection


class TrailName(NamedTuple):
    """What the names of digests tell of a trail."""

    name: str
    home_region: str


class NotCopied(OSError):
    """A log file that digests name is not among the copies: nothing is known of it."""


class Holding(NamedTuple):
    """An account and region, and where its digests and log files lie."""

    account: str
    region: str
    root: str
    """What the places of its folders begin with: up to `AWSLogs/`, or the organization's id."""
    digested: bool
    """Whether there is a folder of digests, or may be one, as it could not be looked for."""


class ListedDigest(NamedTuple):
    """A digest file that is there; nothing of it has been read yet."""

    uri: str
    stream: Stream
    end: int
    """As its name says, ms since 1970 UTC."""
    version: str
    """What changes when the content does."""


class Listed(NamedTuple):
    """The digests of a holding, and what could not be listed, as sentences."""

    digests: list[ListedDigest]
    problems: list[str]
    unknown: Sequence[Span] = ()
    """The times of those: a digest whose name ends in one may be there all the same."""


class ListedLogs(NamedTuple):
    """The log files of one folder, and why they could not be listed, if they could not."""

    logs: list[LogObject]
    problem: str = ""


class Evidence(Protocol):
    """Digests, log files and keys, by the places where AWS delivered them.

    Every method may be called from any thread. They raise SourceError when nothing can be had any
    more; FileNotFoundError says that one file is not there, any other OSError that it cannot be
    read.
    """

    target: str
    """What to call it: a trail's ARN, a place in S3, a path."""
    copies: bool
    """Whether it holds copies, which may have been decompressed on the way."""
    problems: list[str]
    """What could not be looked through on the way to the holdings, as sentences."""

    def holdings(self) -> list[Holding]:
        """Return the accounts and regions that have folders there."""

    def digests(self, holding: Holding, span: Span) -> Listed:
        """Return the digests whose names end in a span, and some around them, in any order."""

    def beside(self, uri: str, span: Span) -> Listed:
        """Return the same of the folder in which a digest lies that another one names."""

    def logs(self, folder: str) -> ListedLogs:
        """Return what lies in a folder; its name ends in a slash, theirs begin with it."""

    def digest(self, listed: ListedDigest) -> DigestFile:
        """Return a digest with its metadata."""

    def log(self, uri: str) -> bytes:
        """Return a log file as stored."""

    def keys(self, region: str, span: Span) -> list[PublicKey]:
        """Return the public keys of a region that are valid at some time of a span."""

    def selects(self, trail: TrailName) -> Selection:
        """Return which management events a trail logs, as far as that is known."""
