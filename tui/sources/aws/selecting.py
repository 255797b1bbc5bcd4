"""What trails leave out by their event selectors, as words, and whether they have data Insights.

Sources: CloudTrail API reference, GetEventSelectors, GetInsightSelectors.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.domain.selection import UNKNOWN, Admitted, Selection
from tui.sources.aws.problems import FAILURES, Doing, code_of, problem
from tui.sources.aws.shapes import Answer, Client
from tui.sources.aws.trails import Selected, Trail, advanced, basic

_NO_INSIGHTS = "InsightNotEnabledException"


def left_out(selected: Sequence[Selected]) -> list[str]:
    """Return which management events none of some trails log; which data events is for users."""
    management = [each for each in selected if each.management_read or each.management_write]
    if not management:
        return ["management events"]
    said = []
    if not any(each.management_read for each in management):
        said.append("management events that only read")
    if not any(each.management_write for each in management):
        said.append("management events that change something")
    excluded = set.intersection(*(set(each.excluded_sources) for each in management))
    return said + [f"management events of {source}" for source in sorted(excluded)]


def not_logged(sharing: Sequence[Trail]) -> list[str]:
    """Return which management events none of the trails logs that deliver to one place.

    Nothing if any does not tell its selectors: AWS gives each at least one.
    """
    told = [each.selected for each in sharing if each.selected and each.selected != Selected()]
    return left_out(told) if told and len(told) == len(sharing) else []


def logs_management(sharing: Sequence[Trail]) -> bool:
    """Return whether trails that deliver to one place may log management events there."""
    return not_logged(sharing) != left_out(())


def selection(client: Client, trail: Trail, profile: str | None = None) -> Selection:
    """Return which management events a trail logs now; raises SourceError if it may not ask.

    The client is that of the trail's home region. Which services are global is documented nowhere,
    so nothing is known of a trail that leaves those out.
    """
    try:
        answer = client.get_event_selectors(TrailName=trail.arn)
    except FAILURES as error:
        what = f"What trail {trail.name} selects"
        doing = Doing(what, "cloudtrail:GetEventSelectors", profile, trail.home_region)
        raise problem(error, doing) from error
    return _selection(answer, trail.account()) if trail.global_events else UNKNOWN


def _selection(answer: Answer, owner: str) -> Selection:
    plain, exact = basic(answer), [each for each in advanced(answer) if not each.narrowed]
    every = [each for each in (*plain, *exact) if each.management_read or each.management_write]
    narrowed = any(each.narrowed and not each.data_types for each in advanced(answer))
    admitted = tuple(
        Admitted(each.management_read, each.management_write, each.excluded_sources)
        for each in every
    )
    return Selection(admitted, bool(plain or exact) and not narrowed, None, owner)


def has_data_insights(client: Client, trail: Trail, profile: str | None = None) -> bool:
    """Return whether a trail makes Insights on data events; raises SourceError if it may not ask.

    The client is that of the trail's home region.
    """
    if not trail.insights:
        return False
    try:
        answer = client.get_insight_selectors(TrailName=trail.arn)
    except FAILURES as error:
        if code_of(error) == _NO_INSIGHTS:
            return False
        what = f"Which Insights trail {trail.name} makes"
        doing = Doing(what, "cloudtrail:GetInsightSelectors", profile, trail.home_region)
        raise problem(error, doing) from error
    selectors = answer.get("InsightSelectors", ())
    return any("Data" in each.get("EventCategories", ()) for each in selectors)
