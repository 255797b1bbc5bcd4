"""The digests of the simulated organization, and what somebody has done to its log files since.

One log file was altered, one deleted, one put there without a digest that names it, and in one
place validation was off for some hours: what an integrity check is to find. Digests are made when
they are asked for, signed with keys that exist for as long as this object does.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator
from threading import Lock

from tui.domain.answer import Span
from tui.domain.digests import DigestFile, PublicKey
from tui.domain.evidence import Holding, Listed, ListedDigest, ListedLogs, TrailName
from tui.domain.integrity import Stream
from tui.domain.objects import LogObject
from tui.domain.selection import Admitted, Selection
from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.delivery import TRAIL, Delivery, key_of
from tui.simulation.digests import HOUR, Hour, Logged, Origin, Signer, chain
from tui.simulation.organization import HOME, organization
from tui.simulation.tokens import DAY, SLOT, seed_of

NAME = "larkspur-organization"
"""The trail; the attack stops another one, so this one goes on."""
_ALTERED, _UNLISTED, _DELETED = 41 * 60, 75 * 60, 120 * 60
"""Seconds into the story."""
_SCENE = ("prod", HOME)
_GAP_PLACE = ("staging", "ap-southeast-2")
_GAP_AGO, _GAP_HOURS = 60 * HOUR, 3
_KEY_AGE = 20 * DAY
_AFTER = 120
"""Seconds after its hour until a digest is delivered."""
_NO_PART = 99


class SimulatedEvidence:
    """Digests and log files of `SimulatedAccounts`; may be used from any thread."""

    def __init__(self, accounts: SimulatedAccounts) -> None:
        self.target = f"the simulated trail {NAME}"
        self.copies = False
        self.problems: list[str] = []
        self._accounts = copy.copy(accounts)  # what it remembers is not for several threads
        self._now = accounts.now // 1000
        self._lock = Lock()
        self._bucket = organization().bucket
        self._root = f"AWSLogs/{organization().id}/"
        self._places: dict[tuple[str, str], list[LogObject]] = {_numbered(*_GAP_PLACE): []}
        self._folders: dict[str, list[LogObject]] = {}
        for item in self._accounts.objects():
            folder, _, _ = item.uri.rpartition("/")
            account, _, region = folder.split("/")[5:8]
            self._places.setdefault((account, region), []).append(item)
            self._folders.setdefault(f"{folder}/", []).append(item)
        self._begun = min(
            map(_delivered, (item for held in self._places.values() for item in held))
        )
        """Since when the trail delivers, and makes digests of every place, also of nothing."""
        regions = {region for _, region in self._places}
        self._signers = {each: Signer(each, self._now - _KEY_AGE) for each in regions}
        self._digests: dict[tuple[str, str], dict[str, tuple[ListedDigest, DigestFile]]] = {}
        self._altered = self._nearest(_ALTERED).uri
        self._unlisted = self._nearest(_UNLISTED).uri

    def holdings(self) -> list[Holding]:
        """Return every account and Region with log files."""
        root = f"s3://{self._bucket}/{self._root}"
        return [Holding(*place, root, digested=True) for place in sorted(self._places)]

    def digests(self, holding: Holding, span: Span) -> Listed:
        """Return all digests of an account and Region."""
        del span
        with self._lock:
            return Listed([each for each, _ in self._made(holding[:2]).values()], [])

    def beside(self, uri: str, span: Span) -> Listed:
        """Return nothing: all digests lie in one bucket."""
        del uri, span
        return Listed([], [])

    def logs(self, folder: str) -> ListedLogs:
        """Return the log files in a folder."""
        return ListedLogs(self._folders.get(folder, []))

    def digest(self, listed: ListedDigest) -> DigestFile:
        """Return a digest; raises FileNotFoundError."""
        with self._lock:
            made = self._made((listed.stream.account, listed.stream.region))
        if listed.uri not in made:
            raise FileNotFoundError(listed.uri)
        return made[listed.uri][1]

    def log(self, uri: str) -> bytes:
        """Return a log file; raises FileNotFoundError."""
        with self._lock:
            return self._accounts.read(LogObject(uri, "demo", 0))

    def keys(self, region: str, span: Span) -> list[PublicKey]:
        """Return the key of a Region."""
        del span
        with self._lock:
            return [self._signers[region].public()]

    def selects(self, trail: TrailName) -> Selection:
        """Return that it logs all management events, and always did."""
        del trail
        return Selection((Admitted(),), told=True, since=0)

    def _made(self, place: tuple[str, str]) -> dict[str, tuple[ListedDigest, DigestFile]]:
        """Return the digests of a place by their URIs, made once."""
        if place not in self._digests:
            account, region = place
            origin = Origin(self._bucket, self._root, account, region, NAME, HOME)
            stream = Stream(NAME, HOME, account, region)
            hours = list(self._hours(place))
            files = chain(origin, hours, self._signers[region])
            self._digests[place] = {
                file.uri: (ListedDigest(file.uri, stream, hour.end * 1000, file.version), file)
                for hour, file in zip(hours, files, strict=True)
            }
        return self._digests[place]

    def _hours(self, place: tuple[str, str]) -> Iterator[Hour]:
        """Yield the hours that have digests, earliest first; each place keeps its own minute."""
        items = self._places[place]
        slots = [_delivered(item) for item in items]
        shift = seed_of("digest", *place) % HOUR
        start = (self._begun - shift) // HOUR * HOUR + shift
        gap = self._now - _GAP_AGO if place == _numbered(*_GAP_PLACE) else 0
        restart = False
        while start + HOUR + _AFTER <= self._now:
            if gap and gap <= start < gap + _GAP_HOURS * HOUR:
                restart = True
            else:
                held = [
                    item
                    for item, slot in zip(items, slots, strict=True)
                    if start <= slot < start + HOUR and item.uri != self._unlisted
                ]
                logs = tuple(self._named(item) for item in held)
                yield Hour(start, start + HOUR, (*logs, *self._gone(place, start)), restart)
                restart = False
            start += HOUR

    def _named(self, item: LogObject) -> Logged:
        text = self._accounts.text(item.uri)
        if item.uri == self._altered:
            text += b"\n"  # as it was delivered it was another
        return Logged(self._bucket, _key(item.uri), hashlib.sha256(text).hexdigest())

    def _gone(self, place: tuple[str, str], start: int) -> Iterator[Logged]:
        """Yield the log file that was deleted, in the hour in which it was delivered."""
        slot = (self._accounts.story + _DELETED) // SLOT * SLOT
        if place == _numbered(*_SCENE) and start <= slot < start + HOUR:
            key = key_of(self._accounts.seed, Delivery(TRAIL, *_SCENE, slot, _NO_PART, 0))
            yield Logged(self._bucket, key, hashlib.sha256(key.encode()).hexdigest())

    def _nearest(self, second: int) -> LogObject:
        """Return the log file of the scene that was delivered nearest to a second of the story."""
        wanted = (self._accounts.story + second) * 1000
        items = self._places[_numbered(*_SCENE)]
        trail = [each for each in items if f"/{TRAIL}/" in each.uri]
        return min(trail, key=lambda each: abs((each.modified or 0) - wanted))


def _numbered(account: str, region: str) -> tuple[str, str]:
    return organization().accounts[account], region


def _delivered(item: LogObject) -> int:
    return (item.modified or 0) // 1000


def _key(uri: str) -> str:
    return uri.split("/", 3)[3]
