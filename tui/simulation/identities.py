"""Sessions and the userIdentity each of them shows.

One session is one set of credentials: the same key, address and agent for as long as it lives.
Shapes: CloudTrail user guide, "CloudTrail userIdentity element"; names of Identity Center roles
and EC2 sessions as observed in delivered files.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import NamedTuple

import orjson

from tui.simulation.catalogue import DIRECT, Manner
from tui.simulation.organization import Persona, organization
from tui.simulation.resources import stock
from tui.simulation.tokens import access_key, base32, seed_of, seeded, spoken, stamp

SERVICES = ("cloudtrail", "config", "s3", "autoscaling", "delivery.logs", "events")
"""Service principals that call by themselves."""


class Session(NamedTuple):
    """One set of credentials in use; texts are ready to stand in JSON."""

    identity: str
    ip: str
    agent: str
    manner: Manner = DIRECT
    key: str = ""
    arn: str = ""
    principal: str = ""
    name: str = ""
    role_arn: str = ""
    born: int = 0
    life: int = 3600
    mfa: str = "No"
    maker: str = ""
    """userIdentity of the STS call that began it, and which call that is."""
    begun_by: str = ""


class Birth(NamedTuple):
    """What makes a session this session."""

    seed: int
    persona: Persona
    account: str
    """Name of the account."""
    region: str
    member: int
    block: int
    born: int
    renewed: bool = False
    """Whether a leaked long-term key has been replaced."""


def text(value: object) -> str:
    """Return JSON."""
    return orjson.dumps(value).decode()


@lru_cache(maxsize=4096)
def unique(prefix: str, *parts: object) -> str:
    """Return an id such as `AROA…EXAMPLE` that belongs to these parts."""
    return f"{prefix}{base32(seeded(prefix, *parts), 10)}EXAMPLE"


def issuer(account: str, role: str, seed: int, path: str = "/") -> dict[str, str]:
    """Return the sessionIssuer of a role."""
    return {
        "type": "Role",
        "principalId": unique("AROA", seed, account, role),
        "arn": f"arn:aws:iam::{account}:role{path}{role}",
        "accountId": account,
        "userName": role,
    }


def assumed(
    account: str,
    role: dict[str, str],
    name: str,
    key: str,
    born: int,
    extra: dict[str, object] | None = None,
) -> dict[str, object]:
    """Return the userIdentity of a role session."""
    context: dict[str, object] = {
        "sessionIssuer": role,
        "webIdFederationData": {},
        "attributes": {"creationDate": stamp(born), "mfaAuthenticated": "false"},
    }
    return {
        "type": "AssumedRole",
        "principalId": f"{role['principalId']}:{name}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role['userName']}/{name}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": context | (extra or {}),
    }


def iam_user(account: str, name: str, key: str, seed: int) -> dict[str, object]:
    """Return the userIdentity of an IAM user with an access key."""
    return {
        "type": "IAMUser",
        "principalId": unique("AIDA", seed, account, name),
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": key,
        "userName": name,
    }


def role_session(identity: dict[str, object], role: dict[str, str], session: Session) -> Session:
    """Return the session with what its role session identity says."""
    return session._replace(
        identity=text(identity),
        arn=str(identity["arn"]),
        principal=str(identity["principalId"]),
        role_arn=role["arn"],
    )


def _outset(birth: Birth, rng: Random) -> Session:
    """Return address, agent and key of a session; who it is comes after."""
    known = organization()
    persona = birth.persona
    addresses = known.addresses.get(persona.addresses, ())
    # People keep their address; a fleet has one each.
    own = seed_of("address", birth.seed, persona.role or persona.name, birth.member)
    inner = f"10.{20 + own % 8}.{own // 8 % 250}.{own // 2000 % 250 + 4}"
    console = rng.random() < persona.console
    agents = known.agents["console" if console else persona.agents]
    session = Session(
        identity="",
        ip=addresses[own % len(addresses)] if addresses else inner,
        agent=agents[rng.getrandbits(16) % len(agents)],
        manner=Manner(tls=not console, console=console, endpoint=not addresses),
        key=access_key("ASIA", rng),
        born=birth.born,
        life=min(persona.life, 43_200),
    )
    if persona.via:
        return session._replace(ip=persona.via, agent=persona.via, manner=Manner(tls=False))
    return session


def _person(birth: Birth, rng: Random) -> Session:
    persona = birth.persona
    known = organization()
    account = known.accounts[birth.account]
    start = seed_of(persona.name) % len(known.people.names)
    name = known.people.names[(start + birth.member) % len(known.people.names)]
    name = f"{name}@{known.people.domain}"
    suffix = f"{seed_of('permission set', persona.role, account):032x}"[:16]
    path = "/aws-reserved/sso.amazonaws.com/"
    role = issuer(account, f"AWSReservedSSO_{persona.role}_{suffix}", birth.seed, path)
    begun = _outset(birth, rng)._replace(name=name, begun_by="AssumeRoleWithSAML")
    extra: dict[str, object] = {"sourceIdentity": name} if persona.source_identity else {}
    maker = {"type": "SAMLUser", "principalId": f"EXAMPLEqualifier=:{name}", "userName": name}
    maker["identityProvider"] = "EXAMPLEqualifier="
    identity = assumed(account, role, name, begun.key, birth.born, extra)
    return role_session(identity, role, begun._replace(maker=text(maker)))


def _workflow(birth: Birth, rng: Random) -> Session:
    account = organization().accounts[birth.account]
    words = stock().words
    repository = words[birth.member % len(words)]
    name = f"gha-{repository}-{rng.getrandbits(34)}"
    role = issuer(account, birth.persona.role, birth.seed)
    provider = f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
    federation = {"webIdFederationData": {"federatedProvider": provider, "attributes": {}}}
    subject = f"repo:larkspur/{repository}:ref:refs/heads/main"
    maker = {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }
    begun = _outset(birth, rng)._replace(
        name=name, maker=text(maker), begun_by="AssumeRoleWithWebIdentity"
    )
    identity = assumed(account, role, name, begun.key, birth.born, {**federation})
    return role_session(identity, role, begun)


def _workload(birth: Birth, rng: Random) -> Session:
    """Return an EC2 instance, a function or another workload under a role."""
    persona = birth.persona
    account = organization().accounts[birth.account]
    words = stock().words
    word = words[birth.member % len(words)]
    role_name, name, extra = persona.role, f"{persona.role}-{birth.block % 97}", {}
    if persona.kind == "instance":
        # Machines are replaced every couple of days.
        own = seed_of(birth.seed, persona.name, birth.member, birth.region, birth.block // 10)
        name, extra = f"i-0{own:032x}"[:19], {"ec2RoleDelivery": "2.0"}
    elif persona.kind == "function":
        name = f"{word}-{stock().suffixes[birth.member // len(words) % 5]}"
        name += f"-{birth.member}" if birth.member >= 60 else ""
        role_name = f"{name}-role"
    role = issuer(account, role_name, birth.seed)
    principal = {"instance": "ec2", "function": "lambda"}.get(persona.kind, "glue")
    maker = {"type": "AWSService", "invokedBy": f"{principal}.amazonaws.com"}
    begun = _outset(birth, rng)._replace(name=name, maker=text(maker), begun_by="AssumeRole")
    identity = assumed(account, role, name, begun.key, birth.born, {**extra})
    if persona.via:
        identity["invokedBy"] = persona.via
    return role_session(identity, role, begun)


def _user(birth: Birth, rng: Random) -> Session:
    persona = birth.persona
    account = organization().accounts[birth.account]
    begun = _outset(birth, rng)
    key = access_key("AKIA", seeded("key", birth.seed, account, persona.role, birth.renewed))
    identity = iam_user(account, persona.role, key, birth.seed)
    if begun.manner.console:
        key = begun.key
        attributes = {"creationDate": stamp(birth.born), "mfaAuthenticated": "true"}
        identity["accessKeyId"] = key
        identity["sessionContext"] = {"attributes": attributes}
    return begun._replace(
        identity=text(identity), key=key, arn=str(identity["arn"]), mfa="Yes", name=persona.role
    )


def _root(birth: Birth, rng: Random) -> Session:
    account = organization().accounts[birth.account]
    begun = _outset(birth, rng)
    arn = f"arn:aws:iam::{account}:root"
    identity = {
        "type": "Root",
        "principalId": account,
        "arn": arn,
        "accountId": account,
        "accessKeyId": begun.key,
        "sessionContext": {
            "attributes": {"creationDate": stamp(birth.born), "mfaAuthenticated": "true"}
        },
    }
    return begun._replace(identity=text(identity), arn=arn, mfa="Yes")


def _service(birth: Birth, rng: Random) -> Session:
    name = f"{SERVICES[birth.member % len(SERVICES)]}.amazonaws.com"
    identity = text({"type": "AWSService", "invokedBy": name})
    return _outset(birth, rng)._replace(
        identity=identity, ip=name, agent=name, manner=Manner(tls=False, shared=True), key=""
    )


def _announcement(birth: Birth, rng: Random) -> Session:
    account = organization().accounts[birth.account]
    identity = text({"accountId": account, "invokedBy": "AWS Internal"})
    internal = "AWS Internal"
    return _outset(birth, rng)._replace(identity=identity, ip=internal, agent=internal, key="")


def _foreign(birth: Birth, rng: Random) -> Session:
    owner = organization().foreign_account
    principal = f"{unique('AROA', birth.seed, owner)}:partner-sync"
    identity = text({"type": "AWSAccount", "principalId": principal, "accountId": owner})
    begun = _outset(birth, rng)
    return begun._replace(identity=identity, key="", manner=Manner(shared=True))


MAKERS: dict[str, Callable[[Birth, Random], Session]] = {
    "sso": _person,
    "oidc": _workflow,
    "instance": _workload,
    "function": _workload,
    "role": _workload,
    "user": _user,
    "root": _root,
    "service": _service,
    "event": _announcement,
    "foreign": _foreign,
}


def session(birth: Birth) -> Session:
    """Return the session of this birth; the same birth gives the same session."""
    persona = birth.persona
    rng = seeded(birth.seed, persona.role or persona.name, *birth[2:])
    return MAKERS[persona.kind](birth, rng)


def at_the_door(who: Session) -> Session:
    """Return the session as it signs in: in a browser, with no key yet."""
    browser = organization().agents["console"][0]
    agent = who.agent if who.agent.startswith("Mozilla") else browser
    identity = who.identity.replace(f'"accessKeyId":"{who.key}",', "", 1)
    return who._replace(identity=identity, agent=agent, manner=Manner(console=True))


def begun(who: Session) -> Session:
    """Return the one who makes the STS call that begins this session."""
    if who.begun_by != "AssumeRole":
        return who._replace(identity=who.maker, manner=DIRECT)
    service = str(orjson.loads(who.maker)["invokedBy"])
    manner = Manner(tls=False, shared=True)
    return who._replace(identity=who.maker, ip=service, agent=service, manner=manner)


def sts_values(who: Session) -> dict[str, str]:
    """Return what the STS call that begins this session asks and answers."""
    return {
        "role_arn": who.role_arn,
        "owner": who.role_arn.split(":")[4],
        "session": who.name,
        "life": str(who.life),
        "key": who.key,
        "principal": who.principal,
        "session_arn": who.arn,
        "expiry": spoken(who.born + who.life),
    }
