"""Sets of time ranges: what is covered, what is missing of a window.

Ranges are half open, in ms since 1970 UTC. Pure arithmetic; who covered what is `coverage`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.domain.answer import Span


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same moments as ranges that neither touch nor overlap, earliest first."""
    result: list[Span] = []
    for span in sorted(span for span in spans if span.end > span.start):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def missing(window: Span, covered: Iterable[Span]) -> Iterator[Span]:
    """Yield what of a window no range covers, earliest first."""
    start = window.start
    for span in merged(covered):
        if span.end <= start:
            continue
        if span.start >= window.end:
            break
        if span.start > start:
            yield Span(start, span.start)
        start = max(start, span.end)
    if start < window.end:
        yield Span(start, window.end)


def length(spans: Iterable[Span]) -> int:
    """Return how many ms the ranges hold together."""
    return sum(span.end - span.start for span in merged(spans))


def within(window: Span, spans: Iterable[Span]) -> list[Span]:
    """Return the parts of the ranges that lie in a window."""
    cut = (Span(max(each.start, window.start), min(each.end, window.end)) for each in spans)
    return merged(cut)
