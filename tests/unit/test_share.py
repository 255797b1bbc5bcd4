"""How much of what was asked for is verified, in figures that never flatter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.signed import STREAM
from tui.domain.answer import Span
from tui.domain.hours import Hour, Share
from tui.domain.integrity import HOUR, HourState, Stream
from tui.integrity.chain import GRACE
from tui.jobs.verifying.share import share
from tui.storage import verdicts
from tui.storage.cache import Cache
from tui.storage.verdicts import Verification

SIGNS = {"=": HourState.VERIFIED, "!": HourState.INVALID, ".": HourState.NOT_YET}
OTHER = STREAM._replace(trail="other")
ARN = f"arn:aws:cloudtrail:{STREAM.home_region}:{STREAM.account}:trail/"


def strip(signs: str, stream: Stream = STREAM) -> list[Hour]:
    """Return an hour for each sign; each names two log files of which one is valid if it is bad."""
    counts = {"=": (2, 2), "!": (2, 1), ".": (0, 0)}
    return [
        Hour(
            stream, Span(slot * HOUR, (slot + 1) * HOUR), SIGNS[sign], None, None, "", *counts[sign]
        )
        for slot, sign in enumerate(signs)
    ]


@pytest.mark.parametrize(
    ("signs", "asked", "now", "expected"),
    [
        ("====", (0, 4), 9, Share(4, 4, 8, 8)),
        ("=!==", (0, 4), 9, Share(3, 4, 7, 8)),
        ("....", (0, 4), 9, Share()),
        ("..=.", (0, 4), 9, Share(1, 2, 2, 2)),
        ("=...", (0, 4), 4, Share(1, 3, 2, 2)),
        ("====", (1, 3), 9, Share(2, 2, 4, 4)),
        ("====", (0.5, 3.5), 9, Share(4, 4, 8, 8)),
        ("=.=.", (0.5, 3.5), 9, Share(2, 3, 4, 4)),
        ("====", (9, 9), 9, Share()),
    ],
)
def test_hours_count_that_were_asked_for_and_whose_digest_is_due(
    tmp_path: Path, signs: str, asked: tuple[float, float], now: int, expected: Share
) -> None:
    cache = Cache(tmp_path / "cache.db")
    start, end = (int(each * HOUR) for each in asked)
    with cache.connection() as connection:
        verdicts.add_verification(connection, Verification("s3://x", start, end, 1, True))
    assert share(cache, [strip(signs)], now * HOUR + GRACE) == expected


def test_what_was_asked_of_one_trail_was_not_asked_of_another(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    rows = [strip("=="), strip(".=", OTHER), strip("=.", STREAM._replace(backfill=True))]
    with cache.connection() as connection:
        run = Verification(ARN + STREAM.trail, 0, 9 * HOUR, 1, True)
        verdicts.add_verification(connection, run)
    assert share(cache, rows, 9 * HOUR) == Share(2, 2, 6, 6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Share(), ""),
        (Share(5, 5), "100 % of 5 hours verified"),
        (Share(9_999, 10_000, 1, 2), "99.9 % of 10,000 hours verified, 1 of 2 log files valid"),
        (Share(0, 7, 0, 1), "0.0 % of 7 hours verified, 0 of 1 log file valid"),
        (Share(1, 1), "100 % of 1 hour verified"),
        (Share(2, 3, 3, 3), "66.6 % of 3 hours verified, 3 of 3 log files valid"),
    ],
)
def test_only_all_of_it_is_a_hundred_percent(given: Share, words: str) -> None:
    assert given.words() == words
    assert given.whole == words.startswith("100 %")
