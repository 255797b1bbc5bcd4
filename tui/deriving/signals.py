"""How much attention an event deserves, by the rules in `tui/data/signals.toml`.

An event is judged from its own content alone. What only shows over several events (bursts of
refusals, of secrets or objects read, first-seen callers) is not told here, and neither is what a
user agent says.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from tui.deriving.calls import AGGREGATED, INSIGHT
from tui.deriving.conditions import Condition, Facts, Route
from tui.deriving.tables import Needs, bare, pattern, rows, table, texts
from tui.domain.event import Actor, Call, Outcome, Result, Severity, Signal

_INSIGHT = Signal(Severity.MEDIUM, "unusual activity found by CloudTrail Insights")


def signal_of(
    call: Call,
    actor: Actor,
    outcome: Outcome,
    request: object = None,
    response: object = None,
    additional: object = None,
) -> Signal:
    """Return the severity and the reason of an event.

    The last three are requestParameters, responseElements and additionalEventData, parsed; those
    that `needs_parameters` does not ask for may be None. The denied attempt at something that
    would be HIGH or more is one lower than its success.
    """
    if call.category == INSIGHT:
        return _INSIGHT
    if call.category == AGGREGATED:
        return Signal()
    facts = Facts(actor, call, outcome, request, response, additional)
    for candidate in _candidates(call.service, call.action, outcome.result):
        if candidate.rule.holds(facts):
            return candidate.signal
    return Signal()


@lru_cache(maxsize=4096)
def needs_parameters(service: str, action: str) -> Needs:
    """Return which parts of a record the rules for this call read."""
    return Needs.of(
        part
        for result in Result
        for candidate in _candidates(service, action, result)
        for part in candidate.rule.parts
    )


def outline_actor(actor: Actor) -> Actor:
    """Return what rules that read no parameters look at in an actor; many actors share one."""
    return Actor(caller="", type=actor.type, via=actor.via)


def outline_outcome(outcome: Outcome) -> Outcome:
    """Return what rules look at in an outcome."""
    return outcome._replace(error=None)


class _Rule(NamedTuple):
    """One rule of the table."""

    signal: Signal
    results: tuple[str, ...]
    each: tuple[Route, ...]
    whole: tuple[Condition, ...]
    """Conditions on the event."""
    within: tuple[Condition, ...]
    """Conditions that one element of `each` has to meet together."""

    @property
    def parts(self) -> list[str]:
        """The parts of a record that the rule reads."""
        routes = [*self.each, *(route for each in self.whole for route in each.routes)]
        return [route.part for route in routes if route.part]

    def holds(self, facts: Facts) -> bool:
        """Return whether every condition holds."""
        if not all(condition.holds(facts) for condition in self.whole):
            return False
        if not self.each:
            return True
        return any(
            all(condition.holds(facts, element) for condition in self.within)
            for route in self.each
            for element in route.values(facts)
        )


class _Candidate(NamedTuple):
    """What a rule says of a call that ended in a certain way."""

    rule: _Rule
    signal: Signal


@lru_cache(maxsize=4096)
def _candidates(service: str, action: str, result: str) -> tuple[_Candidate, ...]:
    """Return what may be said, the most severe first and then in the order of the table."""
    found = (_candidate(rule, result) for rule in _rules_about(service, bare(action)))
    said = [candidate for candidate in found if candidate is not None]
    return tuple(sorted(said, key=lambda candidate: -candidate.signal.severity))


@lru_cache(maxsize=4096)
def _rules_about(service: str, action: str) -> tuple[_Rule, ...]:
    return tuple(rule for target, rule in _rules() if target.names(service, action))


def _candidate(rule: _Rule, result: str) -> _Candidate | None:
    if result in rule.results:
        return _Candidate(rule, rule.signal)
    severity, reason = rule.signal
    if result == Result.DENIED and severity >= Severity.HIGH and Result.OK in rule.results:
        return _Candidate(rule, Signal(Severity(severity - 1), f"attempted: {reason}"))
    return None


class _Target(NamedTuple):
    """The calls a rule is about; none named means all."""

    services: tuple[str, ...]
    actions: tuple[str, ...]

    def names(self, service: str, action: str) -> bool:
        """Return whether the rule is about this call."""
        if self.services and service not in self.services:
            return False
        return not self.actions or pattern(self.actions).match(action) is not None


@cache
def _rules() -> tuple[tuple[_Target, _Rule], ...]:
    compiled = []
    for row in rows(table("signals")["rule"]):
        conditions = [Condition.of(each) for each in rows(row.get("when"))]
        severity = Severity[str(row["severity"]).upper()]
        rule = _Rule(
            signal=Signal(severity, str(row["reason"])),
            results=texts(row.get("results")) or (Result.OK,),
            each=tuple(Route.of(path) for path in texts(row.get("each"))),
            whole=tuple(each for each in conditions if not each.relative),
            within=tuple(each for each in conditions if each.relative),
        )
        compiled.append((_Target(texts(row.get("services")), texts(row.get("actions"))), rule))
    return tuple(compiled)
