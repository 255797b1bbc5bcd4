"""One call after another: draws the values of each record and fills its layout.

A layout is compiled once per action, account, Region and manner; per record only the marks that
differ are drawn, each once, so a bucket is the same in the request, the host and the resources.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable
from functools import cache
from random import Random
from typing import NamedTuple, TypeAlias

from tui.simulation.catalogue import Call, Fault, Manner, layout
from tui.simulation.identities import Session
from tui.simulation.organization import organization
from tui.simulation.resources import Resources, skewed, stock
from tui.simulation.tokens import access_key, base32, spoken, stamp, uuid4

_MARK = re.compile(r"<([a-z]\w*)>")
_HOSTILE = r"[bold red]invoice[/] $(id) ';--\u001b[2J\u202etxt.csv"
"""An object key as an attacker would choose it: markup, shell, SQL and escape sequences."""


class Place(NamedTuple):
    """Where a record is delivered: an account and a Region, with what is in them."""

    account: str
    region: str
    resources: Resources
    endpoint: str
    """Its VPC endpoint."""

    @property
    def id(self) -> str:
        """The account's number."""
        return organization().accounts[self.account]


class Scene:
    """Who calls what, where and when, at this moment; the fields are set before each record."""

    __slots__ = ("fixed", "objects", "place", "rng", "session", "time")

    def __init__(self, rng: Random, place: Place, session: Session, objects: int) -> None:
        self.rng = rng
        self.place = place
        self.session = session
        self.objects = objects
        self.time = 0
        self.fixed: dict[str, str] = {}


Draw: TypeAlias = Callable[[Scene], str]


def _hex(digits: int) -> Draw:
    form = f"%0{digits}x"
    return lambda scene: form % scene.rng.getrandbits(4 * digits)


def _from(kind: str) -> Draw:
    def draw(scene: Scene) -> str:
        names = scene.place.resources.names(kind)
        return names[skewed(scene.rng, len(names))]

    return draw


def _object(scene: Scene) -> str:
    rng = scene.rng
    number = skewed(rng, scene.objects)
    if number % 1009 == 1000:
        return _HOSTILE
    words = stock().words
    return f"{words[number % len(words)]}/{stamp(scene.time)[:10]}/part-{number:06d}.parquet"


def _word(scene: Scene) -> str:
    words = stock().words
    return words[skewed(scene.rng, len(words))]


DRAWS: dict[str, Draw] = {
    **{kind: _from(kind) for kind in stock().pools},
    **{f"hex{digits}": _hex(digits) for digits in (6, 8, 16, 32)},
    "identity": lambda scene: scene.session.identity,
    "time": lambda scene: stamp(scene.time),
    "date": lambda scene: stamp(scene.time)[:10],
    "long_date": lambda scene: spoken(scene.time),
    "ip": lambda scene: scene.session.ip,
    "agent": lambda scene: scene.session.agent,
    "arn": lambda scene: scene.session.arn,
    "mfa_used": lambda scene: scene.session.mfa,
    "event": lambda scene: uuid4(scene.rng),
    "request": lambda scene: uuid4(scene.rng),
    "shared": lambda scene: uuid4(scene.rng),
    "uuid": lambda scene: uuid4(scene.rng),
    "short": lambda scene: f"{scene.rng.getrandbits(64):016X}",
    "token": lambda scene: b2a_base64(scene.rng.randbytes(750), newline=False).decode(),
    "id2": lambda scene: b2a_base64(scene.rng.randbytes(57), newline=False).decode(),
    "new_key": lambda scene: access_key("AKIA", scene.rng),
    "base9": lambda scene: base32(scene.rng, 9),
    "base10": lambda scene: base32(scene.rng, 10),
    "bytes": lambda scene: str(skewed(scene.rng, 4_000_000)),
    "bytes_in": lambda scene: str(skewed(scene.rng, 9_000)),
    "inner": lambda scene: f"10.24.{scene.rng.getrandbits(7)}.{scene.rng.getrandbits(8)}",
    "endpoint": lambda scene: scene.place.endpoint,
    "object": _object,
    "word": _word,
}


PLACES = ("account", "region")
"""Marks that are filled in once for each place."""
GIVEN = frozenset(
    ("role_arn", "session", "life", "key", "principal", "session_arn", "expiry", "owner")
)
"""Marks of the calls that begin a session: they come from that session."""


class Compiled(NamedTuple):
    """A layout as a `%` format and the values it needs."""

    form: str
    draws: tuple[tuple[str, Draw], ...]


@cache
def compiled(call: Call, manner: Manner, fault: Fault | None) -> Compiled:
    """Return the layout compiled for any place; KeyError for a mark nobody draws."""
    marks: dict[str, Draw] = {}

    def form(mark: re.Match[str]) -> str:
        name = mark[1]
        if name in PLACES:
            return mark[0]
        if name not in GIVEN:
            marks[name] = DRAWS[name]
        return f"%({name})s"

    text = layout(call, manner, fault).replace("<action>", call.action.name)
    text = text.replace("<foreign>", organization().foreign_account)
    return Compiled(_MARK.sub(form, text.replace("%", "%%")), tuple(marks.items()))


Page: TypeAlias = dict[str, Compiled]


class Press:
    """Fills layouts; keeps the compiled ones."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, str, Manner], Page] = {}

    def record(self, scene: Scene, call: Call, fault: Fault | None = None) -> str:
        """Return the JSON text of one record."""
        place = scene.place
        known = (place.account, place.region, scene.session.manner)
        page = self._pages.get(known)
        if page is None:
            page = self._pages[known] = {}
        name = call.name if fault is None else f"{call.name}!{fault.code}"
        found = page.get(name)
        if found is None:
            found = page[name] = self._compile(scene, call, fault)
        form, draws = found
        values = {mark: draw(scene) for mark, draw in draws}
        if scene.fixed:
            values |= scene.fixed
        return form % values

    @staticmethod
    def _compile(scene: Scene, call: Call, fault: Fault | None) -> Compiled:
        form, draws = compiled(call, scene.session.manner, fault)
        place = scene.place
        return Compiled(
            form.replace("<account>", place.id).replace("<region>", place.region), draws
        )
