"""The doctor's report: sections of aligned lines with a sign and words each, or JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui.cli.plain import plain
from tui.cli.terminal import SMALLEST, Terminal
from tui.cli.versions import versions
from tui.encoding import speaks_utf8
from tui.jobs.doctor import (
    AccountHealth,
    State,
    permission_state,
    trail_state,
    trail_troubles,
)
from tui.language.moment import format_moment
from tui.sources.aws.permissions import Tested, Verdict
from tui.sources.aws.trails import Trail
from tui.storage.health import Health

_SIGNS = {State.GOOD: "✔", State.MISSING: "✘", State.OPEN: "-"}
_ASCII_SIGNS = {State.GOOD: "ok", State.MISSING: "NO", State.OPEN: "- "}
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found."""

    accounts: Sequence[AccountHealth]
    terminal: Terminal
    cache: Health


class _Line(NamedTuple):
    state: State
    name: str
    words: str


def as_text(report: Report) -> str:
    """Return the report for people; in ASCII where the locale or stdout has no more."""
    sections = [
        *((f"AWS, {_label(each)}", [*_account(each)]) for each in report.accounts),
        ("terminal", [*_terminal(report.terminal)]),
        ("cache", [*_cache(report.cache)]),
        ("versions", [_Line(State.OPEN, *each) for each in versions().items()]),
    ]
    rich = speaks_utf8(os.environ) and "utf" in (sys.stdout.encoding or "").lower()
    signs = _SIGNS if rich else _ASCII_SIGNS
    text = "\n".join(_section(title, lines, signs) for title, lines in sections)
    return text if rich else text.encode("ascii", "backslashreplace").decode()


def as_json(report: Report) -> str:
    """Return the report for programs."""
    document = {
        "accounts": [_account_document(each) for each in report.accounts],
        "terminal": report.terminal._asdict(),
        "cache": report.cache._asdict(),
        "versions": versions(),
    }
    return json.dumps(document, indent=2) + "\n"


def _section(title: str, lines: Sequence[_Line], signs: dict[State, str]) -> str:
    width = max(len(plain(line.name)) for line in lines)
    rows = [
        f"  {signs[line.state]} {plain(line.name).ljust(width)}  {plain(line.words)}".rstrip()
        for line in lines
    ]
    return "\n".join((plain(title), *rows, ""))


def _label(account: AccountHealth) -> str:
    return f"profile {account.profile}" if account.profile else "default credentials"


def _account(account: AccountHealth) -> Iterator[_Line]:
    identity = account.greeting.identity
    if identity:
        yield _Line(State.GOOD, "account", f"{identity.account}, as {identity.arn}")
    if account.problem:
        yield _Line(State.MISSING, "asking AWS", account.problem)
    if not identity:
        yield _Line(State.OPEN, "offline", "what is in the cache stays usable without AWS")
    if account.regions:
        names = ", ".join(account.regions.names)
        yield _Line(State.GOOD, "regions", f"{names}. {account.regions.origin}")
    if account.greeting.clock is not None:
        yield _Line(account.clock(), "clock", _clock(account.greeting.clock))
    for test in account.tested:
        yield _Line(permission_state(test), test.permission.action, _permission(test))
    for region, reason in account.trails.refused:
        yield _Line(State.MISSING, f"trails in {region}", reason)
    for trail in account.trails.trails:
        yield _Line(trail_state(trail), f"trail {trail.name}", _trail(trail))
    if account.tested and not account.trails.trails and not account.trails.refused:
        yield _Line(State.OPEN, "trails", "none found: event history is all there is")


def _permission(test: Tested) -> str:
    nicety = test.verdict is not Verdict.ALLOWED and not test.permission.needed
    words = f"{test.verdict} on {test.resource}, for {test.permission.feature}"
    return words + " (a nicety)" * nicety + (f": {test.detail}" if test.detail else "")


def _clock(ahead: float) -> str:
    side = "ahead of" if ahead > 0 else "behind"
    return "agrees with AWS's" if abs(ahead) < 1 else f"{abs(ahead):.0f} s {side} AWS's"


def _trail(trail: Trail) -> str:
    place = f"{trail.home_region}, s3://{trail.bucket}/{trail.root()}"
    troubles = [f"{name}: {trouble}" for name, trouble in trail_troubles(trail).items()]
    if trail.status is None:
        return f"{place}; {' '.join(trail.unknown)}"
    state = "; ".join(troubles) or "logging, delivers without errors"
    return f"{place}; {state}; last delivery {_moment(trail.status.delivered)}"


def _moment(ms: int | None) -> str:
    return "never" if ms is None else format_moment(ms)


def _terminal(seen: Terminal) -> Iterator[_Line]:
    if seen.interactive:
        fits = seen.columns >= SMALLEST[0] and seen.lines >= SMALLEST[1]
        state = State.GOOD if fits else State.OPEN
        less = "" if fits else "; below 80x24 the explorer shows less"
        yield _Line(state, "size", f"{seen.columns}x{seen.lines}{less}")
    else:
        yield _Line(State.OPEN, "size", "stdout is no terminal")
    colours = "off, by NO_COLOR" if seen.no_color else f"{seen.colours:,}"
    yield _Line(State.GOOD if seen.colours else State.OPEN, "colours", colours)
    utf8 = "UTF-8" if seen.utf8 else "no UTF-8 by the locale: signs are ASCII"
    yield _Line(State.GOOD if seen.utf8 else State.OPEN, "characters", utf8)
    where = f"TERM={seen.term or '(none)'}{', over SSH' * seen.ssh}"
    within = f", in {seen.multiplexer}" if seen.multiplexer else ""
    yield _Line(State.GOOD if seen.term else State.OPEN, "kind", where + within)


def _cache(seen: Health) -> Iterator[_Line]:
    if not seen.exists:
        yield _Line(State.OPEN, "file", f"{seen.path}: not there yet; the first sync makes it")
        return
    yield _Line(State.GOOD, "file", f"{seen.path}, {seen.size / _MB:,.1f} MB")
    if seen.events is not None:
        yield _Line(State.GOOD, "events", f"{seen.events:,}")
    if seen.schema is not None:
        yield _Line(State.GOOD, "schema", f"{seen.schema} of {seen.newest_schema}")
    if seen.trouble:
        yield _Line(State.MISSING, "check", seen.trouble)
    elif seen.checked:
        yield _Line(State.GOOD, "check", "every page is sound (quick_check)")
    else:
        yield _Line(State.OPEN, "check", "given up: the file is too large to check in time")


def _account_document(account: AccountHealth) -> dict[str, object]:
    identity, regions = account.greeting.identity, account.regions
    return {
        "profile": account.profile,
        "account": identity.account if identity else None,
        "arn": identity.arn if identity else None,
        "problem": account.problem,
        "regions": list(regions.names) if regions else [],
        "regions_from": regions.origin if regions else "",
        "clock_ahead_s": account.greeting.clock,
        "permissions": [
            {
                "action": test.permission.action,
                "feature": test.permission.feature,
                "needed": test.permission.needed,
                "resource": test.resource,
                "verdict": test.verdict,
                "detail": test.detail,
            }
            for test in account.tested
        ],
        "trails": [_trail_document(each) for each in account.trails.trails],
        "trails_not_listed": dict(account.trails.refused),
    }


def _trail_document(trail: Trail) -> dict[str, object]:
    status = trail.status
    return {
        "arn": trail.arn,
        "home_region": trail.home_region,
        "location": f"s3://{trail.bucket}/{trail.root()}",
        "kms_key": trail.kms_key,
        "logging": status.logging if status else None,
        "delivered": _moment(status.delivered) if status and status.delivered else None,
        "troubles": trail_troubles(trail),
        "not_known": list(trail.unknown),
    }
