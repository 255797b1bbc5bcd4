"""The story in `data/attack.toml`, told at a time: who leaked, climbed, took, and was stopped.

Sessions are joined as in real logs: the key an AssumeRole answers with is the key of the records
that follow. Nothing here is a secret; every id ends in EXAMPLE.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tui.simulation.catalogue import DIRECT, Call, Fault, Manner, call, services
from tui.simulation.identities import (
    Session,
    assumed,
    at_the_door,
    iam_user,
    issuer,
    role_session,
    sts_values,
    text,
)
from tui.simulation.organization import HOME, organization, personas, read_table
from tui.simulation.scene import Press, Scene
from tui.simulation.tokens import access_key, seed_of, seeded, stamp, uuid4
from tui.simulation.workload import Workload

LENGTH = 180 * 60
"""Seconds the story lasts."""


class Told(NamedTuple):
    """A record with the place and second it belongs to."""

    account: str
    region: str
    time: int
    record: str


@dataclass(frozen=True, slots=True)
class Part:
    """One member of the cast; see attack.toml."""

    account: str
    persona: str = ""
    role: str = ""
    session: str = ""
    user: str = ""
    sso: str = ""
    service: str = ""
    console: bool = False
    renewed: bool = False
    ip: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens; see attack.toml."""

    at: int
    by: str
    calls: tuple[str, ...] = ()
    over: int = 0
    count: int = 1
    region: str = HOME
    fault: str = ""
    begins: str = ""
    about: str = ""
    key_of: str = ""
    bucket: str = ""
    parameters: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """The table."""

    cast: dict[str, Part]
    steps: tuple[Step, ...]


def renewals(start: int) -> dict[str, int]:
    """Return the second from which each persona whose key leaked has a new one."""
    story = read_table("attack.toml", Story)
    return {
        story.cast[step.key_of].persona: start + 60 * step.at
        for step in story.steps
        if step.key_of and story.cast[step.key_of].renewed
    }


class Attack:
    """The story from second `start` on, in the organization of this seed."""

    def __init__(self, seed: int, start: int, workload: Workload) -> None:
        self._seed = seed
        self._start = start
        self._workload = workload
        self._press = Press()
        self._story = read_table("attack.toml", Story)
        begins = {step.begins: step.at for step in self._story.steps if step.begins}
        self._cast = {
            name: self._enter(name, part, start + 60 * begins.get(name, 0))
            for name, part in self._story.cast.items()
        }

    def _enter(self, name: str, part: Part, at: int) -> Session:
        account = organization().accounts[part.account]
        rng = seeded(self._seed, "attack", name)
        blank = Session("", part.ip, part.agent, DIRECT, access_key("ASIA", rng), born=at)
        if part.persona:
            place = self._workload.place(part.account, HOME)
            who = self._workload.session(
                personas()[part.persona], place, 0, self._start + LENGTH * part.renewed
            )
            return who._replace(ip=part.ip, agent=part.agent, manner=DIRECT)
        if part.service:
            return self._service(part, account)
        if part.user:
            return self._user(part, account, blank)
        path, role_name, session = "/", part.role, part.session
        extra: dict[str, object] = {}
        if part.sso:
            suffix = f"{seed_of('permission set', part.role, account):032x}"[:16]
            role_name, session = f"AWSReservedSSO_{part.role}_{suffix}", part.sso
            path, extra = "/aws-reserved/sso.amazonaws.com/", {"sourceIdentity": part.sso}
        role = issuer(account, role_name, self._seed, path)
        identity = assumed(account, role, session, blank.key, at, extra)
        return role_session(identity, role, blank._replace(name=session))

    def _user(self, part: Part, account: str, blank: Session) -> Session:
        key = blank.key if part.console else f"AKIA{blank.key[4:]}"
        identity = iam_user(account, part.user, key, self._seed)
        manner = DIRECT
        if part.console:
            manner = Manner(tls=False, console=True)
            created = {"creationDate": stamp(self._start + 49 * 60), "mfaAuthenticated": "false"}
            identity["sessionContext"] = {"attributes": created}
        return blank._replace(
            identity=text(identity), key=key, arn=str(identity["arn"]), manner=manner
        )

    def _service(self, part: Part, account: str) -> Session:
        identity = {"accountId": account, "invokedBy": part.service}
        if part.service == "AWS Internal":
            identity = {"type": "AWSService", "invokedBy": part.service}
        return Session(text(identity), part.service, part.service, Manner(tls=False))

    def records(self) -> Iterator[Told]:
        """Yield every record of the story."""
        for number, step in enumerate(self._story.steps):
            if step.begins:
                yield from self._chain(step)
            total = step.count * len(step.calls)
            for place in range(total):
                gap = 60 * step.over // total or 9
                at = self._start + 60 * step.at + gap * place
                at += int(gap * seeded(self._seed, "gap", number, place).random())
                name = step.calls[place % len(step.calls)]
                yield self._told(step, name, at, number * 997 + place)

    def _told(self, step: Step, name: str, at: int, number: int) -> Told:
        part = self._story.cast[step.by]
        who = self._cast[step.by]
        wanted = call(name)
        if step.parameters:
            action = wanted.action._replace(parameters=step.parameters)
            wanted = Call(wanted.service, action, f"{name}@{step.at}")
        signing_in = wanted.action.kind == "n"
        scene = self._scene(part.account, step.region, number)
        scene.session = at_the_door(who) if signing_in else who
        scene.time = at
        scene.fixed = {"user": step.about, "bucket": step.bucket}
        if step.key_of:
            scene.fixed["user_key"] = scene.fixed["new_key"] = self._cast[step.key_of].key
        scene.fixed = {mark: value for mark, value in scene.fixed.items() if value}
        fault = _fault(wanted, step.fault) if step.fault else None
        return Told(part.account, step.region, at, self._press.record(scene, wanted, fault))

    def _scene(self, account: str, region: str, number: int) -> Scene:
        rng = seeded(self._seed, "attack", self._start, number)
        place = self._workload.place(account, region)
        return Scene(rng, place, self._cast["thief"], 400)

    def _chain(self, step: Step) -> Iterator[Told]:
        """Yield the AssumeRole as the caller's account has it, and as the role's account has it."""
        source, target = self._story.cast[step.by], self._story.cast[step.begins]
        who, role = self._cast[step.by], self._cast[step.begins]
        shared = uuid4(seeded(self._seed, "shared", step.begins))
        at = self._start + 60 * step.at
        across = source.account != target.account
        copies = [(source.account, who.identity)]
        if across:
            owner = organization().accounts[source.account]
            principal = who.principal or who.key
            foreign = {"type": "AWSAccount", "principalId": principal, "accountId": owner}
            copies.append((target.account, text(foreign)))
        for number, (account, identity) in enumerate(copies):
            scene = self._scene(account, HOME, 900_000 + step.at * 2 + number)
            scene.session = who._replace(identity=identity, manner=Manner(shared=across))
            scene.time = at
            scene.fixed = {**sts_values(role), "shared": shared}
            yield Told(account, HOME, at, self._press.record(scene, call("sts:AssumeRole")))


def _fault(wanted: Call, code: str) -> Fault:
    """Return the service's fault of this code, or one that says no more than the code."""
    for fault in services()[wanted.service].faults:
        if fault.code == code:
            return fault
    message = f"User: <arn> is not authorized to perform: {wanted.service}:<action>"
    return Fault(1, code, message)
