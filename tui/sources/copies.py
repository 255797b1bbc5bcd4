"""Copies of digests and log files on disk: what a verification reads without AWS.

A copy has lost what S3 kept beside it. So a digest's signature is looked for in a file beside it,
`NAME.metadata.json`: the metadata alone, or what `aws s3api head-object` prints; and the public
keys in files called `public-keys*.json`: what `aws cloudtrail list-public-keys` prints. What an
earlier run kept is used as well. Files are recognised by their names alone, which CloudTrail makes
unique, so they may lie in any folder or archive, unpacked or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from isal import igzip

from tui.deriving.times import event_time
from tui.domain.answer import Span
from tui.domain.digests import DigestFile, PublicKey, SavedDigest
from tui.domain.evidence import Holding, Listed, ListedDigest, ListedLogs, NotCopied, TrailName
from tui.domain.integrity import Stream
from tui.domain.objects import LogObject
from tui.domain.selection import UNKNOWN, Selection
from tui.errors import InputError
from tui.sources.container import GZIP_MAGIC, unpack
from tui.sources.folder import LocalFiles

METADATA = ".metadata.json"
_KEYS = re.compile(r"public-keys[^/]*\.json")
_ACCOUNT, _REGION = r"(?P<account>[0-9]{12})", r"(?P<region>[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2})"
_DIGEST = re.compile(
    rf"{_ACCOUNT}_CloudTrail-Digest_{_REGION}_(?P<trail>.+)_(?P<home>[a-z]{{2,}}(?:-[a-z]+)+-[0-9]+)"
    r"_(?P<stamp>[0-9]{8}T[0-9]{6}Z)(?P<backfill>_backfill)?\.json"
)
_LOG = re.compile(
    rf"{_ACCOUNT}_(?P<kind>CloudTrail(?:-[A-Za-z]+)?)_{_REGION}_(?P<day>[0-9]{{8}})T[0-9]{{4}}Z.*\.json"
)
Kept = Callable[[str, str], Iterable[SavedDigest]]
"""Returns the digests that an earlier run kept of an account and region."""


class _Copy(NamedTuple):
    name: str
    """As delivered, without `.gz`."""
    item: LogObject


class FolderEvidence:
    """The copies under some paths; raises InputError for a path that cannot be looked at."""

    def __init__(self, paths: Sequence[Path], kept: Kept, regions: Collection[str] = ()) -> None:
        """Look at names only; without regions, all of them count."""
        self.target = ", ".join(str(path) for path in paths)
        self.copies = True
        self.problems: list[str] = []
        self._files = LocalFiles(paths)
        self._kept = kept
        self._regions = regions
        self._metadata: dict[str, LogObject] = {}
        self._key_files: list[LogObject] = []
        self._digests: dict[tuple[str, str], list[_Copy]] = {}
        self._logs: dict[str, LogObject] = {}
        self._days: dict[tuple[str, str, str, str], list[_Copy]] = {}
        self._listed: dict[str, LogObject] = {}
        """Each digest by its URI."""
        self._own: dict[str, DigestFile] = {}
        for item in self._files.objects():
            self._take(item)

    def holdings(self) -> list[Holding]:
        """Return the accounts and regions that names tell of."""
        places = {*self._digests, *((account, region) for account, _, region, _ in self._days)}
        if not places:
            raise InputError(
                f"There are no digests or log files by CloudTrail's names under {self.target}."
            )
        return [
            Holding(*place, self._root(place), digested=True)
            for place in sorted(places)
            if not self._regions or place[1] in self._regions
        ]

    def digests(self, holding: Holding, span: Span) -> Listed:
        """Return the digests there, and those that were kept."""
        found: dict[str, ListedDigest] = {}
        for saved in self._kept(holding.account, holding.region):
            if span.start <= saved.end <= span.end:
                self._own.setdefault(saved.file.uri, saved.file)
                version = saved.file.version
                listed = ListedDigest(saved.file.uri, saved.stream, saved.end, version)
                found[saved.file.uri.rpartition("/")[2].removesuffix(".gz")] = listed
        for copy in self._digests.get(holding[:2], ()):
            listed = _listed(copy)
            if span.start <= listed.end <= span.end:
                found[copy.name] = listed
        return Listed(list(found.values()), [])

    def beside(self, uri: str, span: Span) -> Listed:
        """Return nothing: wherever they lie, they are listed already."""
        del uri, span
        return Listed([], [])

    def logs(self, folder: str) -> ListedLogs:
        """Return the copies of what was delivered to a folder."""
        parts = folder.rstrip("/").split("/")
        if len(parts) < len(("account", "kind", "region", "year", "month", "day")):
            return ListedLogs([])
        account, kind, region, *day = parts[-6:]
        copies = self._days.get((account, kind, region, "".join(day)), ())
        return ListedLogs(
            [each.item._replace(uri=f"{folder}{each.name}.gz", version=None) for each in copies]
        )

    def digest(self, listed: ListedDigest) -> DigestFile:
        """Return a digest with the metadata that was saved; raises OSError."""
        own = self._own.get(listed.uri)
        if own is not None:
            return own
        item = self._listed[listed.uri]
        body = self._files.read(item)
        if not body.startswith(GZIP_MAGIC):  # what is signed is the text
            body = igzip.compress(body)
        return DigestFile(listed.uri, listed.version, self._saved(item), body)

    def log(self, uri: str) -> bytes:
        """Return the copy of a log file; raises NotCopied, OSError."""
        item = self._logs.get(uri.rpartition("/")[2].removesuffix(".gz"))
        if item is None:
            raise NotCopied(uri)
        return self._files.read(item)

    def keys(self, region: str, span: Span) -> list[PublicKey]:
        """Return the keys that were saved, whatever region they are said to be of."""
        del span
        return [key for item in self._key_files for key in _keys(self._files.read(item), region)]

    def selects(self, trail: TrailName) -> Selection:
        """Return that nothing is known of it: a copy does not tell what was selected."""
        del trail
        return UNKNOWN

    def _take(self, item: LogObject) -> None:
        """Sort a file by its name."""
        name = item.uri.rpartition("/")[2]
        if name.endswith(METADATA):
            self._metadata[item.uri] = item
            return
        if _KEYS.fullmatch(name):
            self._key_files.append(item)
            return
        copy = _Copy(name.removesuffix(".gz"), item)
        if found := _DIGEST.fullmatch(copy.name):
            self._digests.setdefault((found["account"], found["region"]), []).append(copy)
            self._listed[item.uri] = item
        elif found := _LOG.fullmatch(copy.name):
            place = (found["account"], found["kind"], found["region"], found["day"])
            self._days.setdefault(place, []).append(copy)
            self._logs[copy.name] = item

    def _saved(self, item: LogObject) -> dict[str, str]:
        """Return the metadata that was saved beside a digest."""
        beside = self._metadata.get(item.uri + METADATA)
        if beside is None:
            return {}
        try:
            read = msgspec.json.decode(self._files.read(beside), type=dict[str, object])
        except msgspec.DecodeError as error:
            raise OSError(f"{beside.uri} is no JSON of its metadata: {error}") from error
        inner = read.get("Metadata", read)
        members = inner.items() if isinstance(inner, dict) else ()
        return {str(name).lower(): value for name, value in members if isinstance(value, str)}

    def _root(self, place: tuple[str, str]) -> str:
        """Return where the log files of a place were delivered, as its digests name it."""
        for listed in self.digests(Holding(*place, "", digested=True), Span(0, 1 << 62)).digests:
            try:
                text = unpack(self.digest(listed).body).text
                named = msgspec.json.decode(text, type=_Named)
            except (OSError, ValueError):
                continue  # it will be judged like every other
            folder = f"{place[0]}/CloudTrail-Digest/"
            return f"s3://{named.bucket}/{named.key.partition(folder)[0]}"
        return ""


class _Named(msgspec.Struct):
    bucket: str = msgspec.field(name="digestS3Bucket")
    key: str = msgspec.field(name="digestS3Object")


class _Key(msgspec.Struct, rename="pascal"):
    fingerprint: str
    value: bytes
    validity_start_time: str | float
    validity_end_time: str | float


class _KeyList(msgspec.Struct):
    keys: list[_Key] = msgspec.field(name="PublicKeyList")


def _keys(data: bytes, region: str) -> list[PublicKey]:
    """Return the keys of a saved answer; raises OSError."""
    try:
        listed = msgspec.json.decode(data, type=_KeyList).keys
    except msgspec.DecodeError as error:
        raise OSError(f"the public keys that were saved cannot be read: {error}") from error
    return [
        PublicKey(region, each.fingerprint, each.value, _ms(each.validity_start_time, 0),
                  _ms(each.validity_end_time, 1 << 62))
        for each in listed
    ]  # fmt: skip


def _ms(moment: str | float, otherwise: int) -> int:
    """Return ms since 1970 UTC of a time as the AWS CLI prints it, in either of its forms."""
    if isinstance(moment, str):
        found = event_time(moment)
        return otherwise if found is None else found
    return int(moment * 1000)


def _listed(copy: _Copy) -> ListedDigest:
    found = _DIGEST.fullmatch(copy.name)
    end = event_time(found["stamp"]) if found else None
    if found is None or end is None:
        return ListedDigest(copy.item.uri, Stream("", "", "", ""), 0, "")
    backfill = found["backfill"] is not None
    stream = Stream(found["trail"], found["home"], found["account"], found["region"], backfill)
    return ListedDigest(copy.item.uri, stream, end, f"{copy.item.modified}-{copy.item.size}")
