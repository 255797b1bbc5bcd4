"""Syncs in processes of their own, started from a warm one, so that many can be killed quickly."""

from __future__ import annotations

import os
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.servers.planted import Planted
from tui.domain.answer import Span
from tui.domain.spans import missing
from tui.domain.syncing import Wish
from tui.jobs.syncing.plan import plan
from tui.jobs.syncing.sync import Synced, sync
from tui.sources.aws.pacing import Pacer, Pacers
from tui.storage import covering, reader
from tui.storage.cache import Cache
from tui.storage.select import Condition

INCOMPLETE = 2
_context = get_context("forkserver")


def fast() -> Pacer:
    """Return a pacer for a server that takes as many requests as come."""
    return Pacer(10_000)


def run(cache: Path, wish: Wish) -> Synced:
    """Sync in this process."""
    opened = Cache(cache)
    planned = plan(opened, wish, Pacers(fast))
    assert not planned.problems, planned.problems
    return sync(opened, planned.streams, limits=wish.limits)


def started(cache: Path, wish: Wish) -> BaseProcess:
    """Start a sync in a process of its own; it exits with 0 if everything came to its end."""
    _context.set_forkserver_preload(["tests.servers.syncing", "boto3"])
    environment = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    process = _context.Process(target=_child, args=(environment, cache, wish), daemon=True)
    process.start()
    return process


def _child(environment: dict[str, str], cache: Path, wish: Wish) -> None:
    os.environ.update(environment)
    os._exit(INCOMPLETE if run(cache, wish).failed else 0)


def stored(cache: Path) -> list[str]:
    """Return the id of every event in a cache; one that is there twice, twice."""
    with Cache(cache).connection() as connection:
        numbers = list(reader.numbers(connection, Condition()))
        return [row.id for row in reader.rows(connection, numbers)]


def falsely_covered(cache: Path, planted: Planted) -> list[str]:
    """Return the planted events that lie in covered time and are not stored."""
    known = set(stored(cache))
    with Cache(cache).connection() as connection:
        spans = {scope: covering.spans(connection, scope) for scope in planted.events}
    return [
        each
        for scope, events in planted.events.items()
        for each, ms in events.items()
        if each not in known and any(span.start <= ms < span.end for span in spans[scope])
    ]


def uncovered(cache: Path, planted: Planted, window: Span) -> list[Span]:
    """Return what of a window is missing in any scope."""
    with Cache(cache).connection() as connection:
        return [
            span
            for scope in planted.events
            for span in missing(window, covering.spans(connection, scope))
        ]
