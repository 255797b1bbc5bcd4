"""Who made a call: reading `userIdentity`.

Owns the choice of the one name people read. It looks at nothing but the identity, so a source
identity that only stands in the request of an STS call is not known here. Source of the facts:
user guide, "CloudTrail userIdentity element".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from tui.deriving.tables import table, texts
from tui.deriving.texts import first_text, object_of, text_of
from tui.domain.event import Actor

AWS = "AWS"
"""The caller of records that have no identity, such as Insights events: AWS wrote them itself."""
UNKNOWN = "unknown"
"""The caller where an identity was delivered but names nobody."""

_SERVICE_LINKED = "AWSServiceRoleFor"
_PERMISSION_SET = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")


class _Session(NamedTuple):
    """A role session: its own name, the role, and the Identity Center user if it is one's."""

    name: str | None
    role: str | None
    user: str | None


def actor_of(identity: object) -> Actor:
    """Return who a `userIdentity` stands for; any JSON value will do, None for none delivered.

    `behind` is the source identity where one is set, as it cannot be changed along a chain of
    roles; else the Identity Center user; else, for a federated user, whoever asked for the token.
    """
    who = object_of(identity)
    context = object_of(who.get("sessionContext"))
    session = _session(who, object_of(context.get("sessionIssuer")))
    kind = text_of(who.get("type"))
    nobody = AWS if identity is None or identity == {} else UNKNOWN
    return Actor(
        caller=_caller(kind, who, session) or nobody,
        type=kind,
        session=session.name,
        role=session.role,
        behind=_behind(kind, who, context, session),
        arn=text_of(who.get("arn")),
        principal=text_of(who.get("principalId")),
        account=text_of(who.get("accountId")),
        key=text_of(who.get("accessKeyId")),
        via=text_of(who.get("invokedBy")),
        mfa=text_of(object_of(context.get("attributes")).get("mfaAuthenticated")),
    )


def machine_made(session: str) -> bool:
    """Return whether a role session name was made up by a machine and so names nobody."""
    return _machine_made().fullmatch(session) is not None


@cache
def _machine_made() -> re.Pattern[str]:
    patterns = texts(table("sessions")["machine_made"])
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE | re.ASCII)


def _session(who: Mapping[str, object], issuer: Mapping[str, object]) -> _Session:
    arn = (text_of(who.get("arn")) or "").split("/")
    assumed = arn[0].endswith(":assumed-role")
    if not assumed and text_of(who.get("type")) not in ("AssumedRole", "Role"):
        return _Session(None, None, None)
    principal = (text_of(who.get("principalId")) or "").partition(":")
    name = first_text(arn[2] if assumed and len(arn) > 2 else None, principal[2])
    role = first_text(
        issuer.get("userName"),
        arn[1] if assumed and len(arn) > 1 else None,
        arn[-1] if arn[0].endswith(":role") else None,
        _arn_name(issuer),
    )
    permission_set = _PERMISSION_SET.fullmatch(role or "")
    if permission_set:
        return _Session(name, permission_set[1], name)
    return _Session(name, role, None)


def _behind(
    kind: str | None, who: Mapping[str, object], context: Mapping[str, object], session: _Session
) -> str | None:
    issuer = object_of(context.get("sessionIssuer"))
    return first_text(
        context.get("sourceIdentity"),
        session.user,
        _directory_user(who),
        _issuer_name(issuer) if kind == "FederatedUser" else None,
    )


def _issuer_name(issuer: Mapping[str, object]) -> str | None:
    if text_of(issuer.get("type")) == "Root":
        return "root"
    return first_text(issuer.get("userName"), _arn_name(issuer))


def _caller(kind: str | None, who: Mapping[str, object], session: _Session) -> str | None:
    if session.name or session.role:
        return _session_caller(session)
    special = _BY_TYPE.get(kind or "")
    return first_text(
        special(who) if special else None,
        who.get("userName"),
        _arn_name(who),
        _directory_user(who),
        who.get("principalId"),
        who.get("invokedBy"),
        who.get("accountId") if kind else None,
    )


def _session_caller(session: _Session) -> str | None:
    if not session.name or not session.role or session.user:
        return session.name or session.role
    if session.role.startswith(_SERVICE_LINKED) or machine_made(session.name):
        return session.role
    return session.name


def _foreign(who: Mapping[str, object]) -> str | None:
    principal, account = text_of(who.get("principalId")), text_of(who.get("accountId"))
    return f"{principal}@{account}" if principal and account else None


def _arn_name(who: Mapping[str, object]) -> str | None:
    """Return the last part of the ARN: `jo` of `...:user/path/jo`, `root` of `...:root`."""
    arn = text_of(who.get("arn")) or ""
    return arn.rpartition("/")[2] if "/" in arn else arn.rpartition(":")[2]


def _directory_user(who: Mapping[str, object]) -> str | None:
    """Return the Identity Center user id: the last part of onBehalfOf.userId."""
    user = text_of(object_of(who.get("onBehalfOf")).get("userId"))
    return user.rpartition("/")[2] if user else None


_BY_TYPE: Mapping[str, Callable[[Mapping[str, object]], str | None]] = {
    "Root": lambda _: "root",
    "AWSService": lambda who: text_of(who.get("invokedBy")),
    "AWSAccount": _foreign,
    "IdentityCenterUser": _directory_user,
}
"""What names the caller best, before the names that any identity may have."""
