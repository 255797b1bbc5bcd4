"""Where events are drawn first is where the screen of events has them, at every size."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from tests.pilot.explored import simulated
from tui.app import TrailhoundApp
from tui.jobs.exploring.preview import Preview
from tui.jobs.ingesting.ingest import ingest
from tui.screens.places import GRAND, HIGH, TALL, VAST, WIDE, of_events
from tui.storage.cache import Cache
from tui.widgets.event_table import EventTable

EDGES = ((WIDE, TALL), (VAST, GRAND), (80, HIGH), (80, 24), (200, 50), (40, 12))


@pytest.mark.parametrize("less", [0, 1])
@pytest.mark.parametrize(("width", "height"), EDGES)
async def test_the_first_layout_has_the_table_where_it_was_drawn_before(
    tmp_path: Path, width: int, height: int, less: int
) -> None:
    cache = Cache(tmp_path / "cache.db")
    ingest(cache, simulated(200))
    size = (width - less, height - less)
    preview = Preview(cache)
    assert preview.taken(20.0)
    app = TrailhoundApp(cache, None, UTC, preview)
    async with app.run_test(size=size):
        assert tuple(app.screen.query_one(EventTable).region) == tuple(of_events(*size))
