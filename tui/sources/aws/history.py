"""Event history and Insights of one account and Region, newest first.

Owns what is asked for; how pages follow each other is `pages`. Event history is the last 90 days
of management events, or the Insights events of trails; Insights on data events come from an
operation of their own, which older versions of boto3 do not know.

Source: CloudTrail API reference, LookupEvents (API version 2013-11-01) and ListInsightsData.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from tui.domain.coverage import Scope
from tui.sources.aws.pacing import Pacer
from tui.sources.aws.pages import Asking, Page, read
from tui.sources.aws.shapes import Client

INSIGHT = "insight"
"""The one event category that can be asked for; without it come management events."""
_MANAGEMENT = "management"


class Estimate(NamedTuple):
    """What is left of a pagination, if events stay as frequent as they were so far."""

    requests: int
    seconds: float


def _never() -> bool:
    return False


def history_pages(
    client: Client,
    scope: Scope,
    start: int,
    end: int,
    category: str | None = None,
    *,
    pacer: Pacer,
    cancelled: Callable[[], bool] = _never,
    profile: str | None = None,
) -> Iterator[Page]:
    """Yield the event history of a scope from `end` back to `start`, both inclusive, newest first.

    Times are ms since 1970 UTC, widened to whole seconds. `category` is None for management events
    or INSIGHT, `profile` whose credentials these are, for sentences. The client must not retry by
    itself (`Account.client(..., paced=True)`). Raises what `pages.read` does; to go on later, ask
    again up to the oldest time seen.
    """
    parameters = {"EventCategory": category} if category else {}
    name = category or _MANAGEMENT
    call = ("LookupEvents", "lookup_events", parameters)
    return read(Asking(client, scope, start, end, name, *call, pacer, cancelled, profile))


def found_pages(
    client: Client,
    scope: Scope,
    start: int,
    end: int,
    attribute: tuple[str, str],
    *,
    pacer: Pacer,
    cancelled: Callable[[], bool] = _never,
    profile: str | None = None,
) -> Iterator[Page]:
    """Yield the management events that AWS knows under one attribute, as `history_pages` does.

    `attribute` is a LookupEvents key and the exact value, such as ("EventName", "DeleteBucket").
    """
    key, value = attribute
    parameters = {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}
    name = f"{_MANAGEMENT}:{key}={quote(value, safe='')}"
    call = ("LookupEvents", "lookup_events", parameters)
    return read(Asking(client, scope, start, end, name, *call, pacer, cancelled, profile))


def has_insights_data(client: Client) -> bool:
    """Return whether this version of boto3 knows ListInsightsData."""
    return "ListInsightsData" in client.meta.service_model.operation_names


def insights_data_pages(
    client: Client,
    scope: Scope,
    trail: str,
    start: int,
    end: int,
    *,
    pacer: Pacer,
    cancelled: Callable[[], bool] = _never,
    profile: str | None = None,
) -> Iterator[Page]:
    """Yield the Insights events on data events of the trail of this ARN, as `history_pages` does.

    Yields nothing where `has_insights_data` is false. The limit of 2 requests a second is its own.
    """
    if not has_insights_data(client):
        return iter(())
    name = f"insights-data:{quote(trail.rpartition('/')[2], safe='')}"
    parameters = {"InsightSource": trail, "DataType": "InsightsEvents"}
    call = ("ListInsightsData", "list_insights_data", parameters)
    return read(Asking(client, scope, start, end, name, *call, pacer, cancelled, profile))


def estimate(start: int, end: int, oldest: int | None, requests: int, rate: float) -> Estimate:
    """Return what is left after some requests went from `end` back to `oldest`, on to `start`.

    Times in ms, `rate` in requests a second. Before any event was seen, one more request is all
    that is known.
    """
    covered = 0 if oldest is None else end - oldest
    if oldest is None or covered <= 0:
        return Estimate(1, 1 / rate)
    left = math.ceil(requests * max(0, oldest - start) / covered)
    return Estimate(left, left / rate)
