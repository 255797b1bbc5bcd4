"""Where in a bucket log files are: accounts, kinds and regions, found level by level.

Owns the walk down from a given prefix, which may lie above or below `AWSLogs/`, to the folders
that hold the days. Organization and single-account layouts may stand side by side in one bucket,
below any number of prefixes. It lists folders only, never the files of a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from tui.errors import SourceError
from tui.sources.aws.areas import Area
from tui.sources.aws.keys import ACCOUNT, ORGANIZATION, REGION, ROOT, Folder, Kind
from tui.sources.aws.s3 import Bucket

MOST_DEPTH = 4
"""Levels of unknown folders looked through for `AWSLogs/`."""
MOST_FOLDERS = 1_000
"""Unknown folders looked into for `AWSLogs/`: a bucket may hold millions of others."""
MOST_PAGES = 5
"""Pages listed of one unknown folder, which may hold millions of objects."""

_ACCOUNT = re.compile(ACCOUNT)
_ORGANIZATION = re.compile(ORGANIZATION)
_REGION = re.compile(REGION)
_DATE = re.compile(r"[0-9]{4}(?:/[0-9]{2}(?:/[0-9]{2})?)?/")
_KINDS = frozenset(kind.value for kind in Kind)


class Wanted(NamedTuple):
    """Which folders matter; an empty collection of accounts or regions means all."""

    accounts: Collection[str]
    regions: Collection[str]
    kinds: Collection[Kind]
    without: Collection[Area] = ()
    """What somebody else reads of the same bucket."""


class Place(NamedTuple):
    """A folder on the way down, and what its path has told so far."""

    path: str
    root: str | None = None
    """What comes before `AWSLogs/`; None as long as that was not passed."""
    organization: str | None = None
    account: str | None = None
    kind: Kind | None = None
    region: str | None = None
    date: str = ""
    """Below the region: `YYYY/`, `YYYY/MM/` or `YYYY/MM/DD/`."""
    depth: int = 0
    """Unknown folders passed."""

    def folder(self) -> Folder | None:
        """Return the folder of days that this is, or lies in."""
        if self.root is None or self.account is None or self.kind is None or self.region is None:
            return None
        return Folder(self.root, self.organization, self.account, self.kind, self.region)


class Found(NamedTuple):
    """A folder that holds days; `date` is not empty if only a part of it was asked for."""

    folder: Folder
    date: str


@dataclass(slots=True)
class Layout:
    """What the walk came upon."""

    found: list[Found] = field(default_factory=list)
    rooted: bool = False
    """Whether there is any `AWSLogs/`."""
    passed_over: int = 0
    """Objects that lie where only folders belong."""
    other_folders: int = 0
    """Folders of other services and folders with names that CloudTrail does not use."""
    unexplored: int = 0
    """Unknown folders that were not looked through to the end."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Prefixes that could not be listed, each with the reason."""


def placed(prefix: str) -> Place:
    """Return where a prefix lies, whatever part of the grammar it covers.

    Without a slash at its end it still means the folder of that name.
    """
    place = Place("")
    names = prefix.split("/")
    for name in names[:-1] if names[-1] == "" else names:
        following = below(place, name)
        place = following or Place(f"{place.path}{name}/")
    return place._replace(depth=0)


def below(place: Place, name: str) -> Place | None:
    """Return the folder of that name in a place, or None if CloudTrail puts no logs there."""
    place = place._replace(path=f"{place.path}{name}/")
    if place.region is not None:
        date = f"{place.date}{name}/"
        return place._replace(date=date) if _DATE.fullmatch(date) else None
    if place.kind is not None:
        return place._replace(region=name) if _REGION.fullmatch(name) else None
    if place.account is not None:
        return place._replace(kind=Kind(name)) if name in _KINDS else None
    if name == ROOT:
        return Place(place.path, root=place.path.removesuffix(f"{ROOT}/"))
    if place.root is None:
        return place._replace(depth=place.depth + 1)
    if _ACCOUNT.fullmatch(name):
        return place._replace(account=name)
    if place.organization is None and _ORGANIZATION.fullmatch(name):
        return place._replace(organization=name)
    return None


def discover(
    bucket: Bucket, start: Place, wanted: Wanted, pool: Executor, stopped: Callable[[], bool]
) -> Layout:
    """Walk down from a place, each level in parallel.

    Raises SourceError when the place itself cannot be listed; what is refused further down is
    noted and the rest goes on.
    """
    layout = Layout(rooted=start.root is not None)
    level = [start] if _is_wanted(start, wanted) else []
    looked_into = 0
    while level and not stopped():
        deeper: list[Place] = []
        for place in level:
            folder = place.folder()
            if folder is not None:
                layout.found.append(Found(folder, place.date))
            elif place.root is None and (looked_into >= MOST_FOLDERS or place.depth > MOST_DEPTH):
                layout.unexplored += 1
            else:
                deeper.append(place)
                looked_into += place.root is None
        answers = pool.map(lambda at: _listed(bucket, at), deeper)
        level = [
            child
            for place, listed in zip(deeper, answers, strict=True)
            for child in _children(place, listed, wanted, layout, whole=place is start)
        ]
    return layout


def reads(place: Place, wanted: Wanted) -> bool:
    """Return whether a place, or something in it, is wanted and nobody else's to read."""
    return _is_wanted(place, wanted) and not _is_elsewhere(place, wanted)


class _Listed(NamedTuple):
    names: list[str]
    objects: int
    complete: bool
    refused: str = ""


def _listed(bucket: Bucket, place: Place) -> _Listed:
    names: list[str] = []
    objects = 0
    pages = bucket.pages(place.path, folders=True)
    token = None
    try:
        for page in islice(pages, None if place.root is not None else MOST_PAGES):
            names += [each[len(place.path) : -1] for each in page.folders]
            objects += sum(each.key != place.path for each in page.keys)
            token = page.token
    except OSError as error:
        return _Listed(names, objects, complete=False, refused=str(error))
    return _Listed(names, objects, complete=token is None)


def _children(
    place: Place, listed: _Listed, wanted: Wanted, layout: Layout, *, whole: bool
) -> Iterator[Place]:
    """Yield the wanted folders of a place and note the rest."""
    if listed.refused and whole:
        raise SourceError(f"The place to look for log files cannot be listed: {listed.refused}.")
    if listed.refused:
        layout.refused.append((place.path, listed.refused))
    elif not listed.complete:
        layout.unexplored += 1
    layout.passed_over += listed.objects
    names = listed.names
    if not listed.complete and place.root is None and ROOT not in names:
        names = [*names, ROOT]  # it may come after what was looked through
    for name in names:
        child = below(place, name)
        if child is None:
            layout.other_folders += 1
            continue
        elsewhere = _is_elsewhere(child, wanted)
        layout.rooted |= child.root is not None or elsewhere
        if not elsewhere and _is_wanted(child, wanted):
            yield child


def _is_wanted(place: Place, wanted: Wanted) -> bool:
    return (
        (place.account is None or not wanted.accounts or place.account in wanted.accounts)
        and (place.region is None or not wanted.regions or place.region in wanted.regions)
        and (place.kind is None or place.kind in wanted.kinds)
    )


def _is_elsewhere(place: Place, wanted: Wanted) -> bool:
    return any(each.takes(place.path, place.account) for each in wanted.without)
