"""Bringing log objects into the cache: read, decode, write, batch by batch, newest first.

A batch is committed as a whole with the bytes it came from, so stopping at any moment loses
nothing that was counted. What was read before is recognised by its content and not read twice.
What a source covers counts once all of it is stored, and only if every object could be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

from tui.domain.objects import CoveringSource, ListingSource, LogObject, ObjectSource
from tui.domain.progress import Progress, Quiet, Step
from tui.domain.syncing import Aside
from tui.jobs.ingesting.decoding import decoded
from tui.sources.container import CAP
from tui.sources.decode import Delivered, decode
from tui.storage import reader
from tui.storage.cache import Cache
from tui.storage.writer import Writer

FIRST_CHUNK = 256 << 10
"""Bytes in the first chunk: little, so that the screen has something to show soon."""
CHUNK = 2 << 20
"""Bytes in a chunk once things run; chunks double up to it."""
CHUNK_FILES = 500
_UNREAD = b""
"""Stands for the SHA-256 of what could not be read."""


@dataclass(slots=True)
class Ingested:
    """What one run did."""

    files: int = 0
    """Files read now."""
    unchanged: int = 0
    """Files whose content is in the cache already."""
    events: int = 0
    """Events added."""
    seen_again: int = 0
    """Events of these files that were there already; the file is one more sighting of them."""
    skipped: int = 0
    """Things that gave no event; the cache has the reason for each."""
    passed_over: int = 0
    """Things that are no logs by their names."""
    seconds: float = 0.0
    cancelled: bool = False


@dataclass(slots=True)
class _Run:
    source: ObjectSource
    progress: Progress
    known: dict[str, set[bytes]]
    total: int = 0
    done: int = 0
    unread: int = 0
    """Files whose bytes could not be had."""
    result: Ingested = field(default_factory=Ingested)


def ingest(
    cache: Cache, source: ObjectSource, progress: Progress | None = None, cap: int = CAP
) -> Ingested:
    """Read everything a source holds into the cache.

    Raises InputError when the source cannot be listed and CacheError when the cache cannot be
    written; what was committed before stays.
    """
    started = perf_counter()
    objects = list(source.objects())
    with cache.connection() as connection:
        run = _Run(source, progress or Quiet(), reader.known_files(connection, cap))
        run.total = sum(item.size for item in objects)
        writer = Writer(cache, connection)
        for batch in decoded(_chunks(objects, run), size=run.total, cap=cap):
            written = writer.write(batch)
            run.result.files += written.files
            run.result.unchanged += len(batch.files) - written.files  # another program was first
            run.result.events += written.events
            run.result.seen_again += written.seen_again
            run.result.skipped += written.skipped
            run.done += sum(file.item.size for file in batch.files)
            _report(run)
        _settle(run, writer)
    run.result.passed_over = source.passed_over
    run.result.seconds = perf_counter() - started
    return run.result


def _settle(run: _Run, writer: Writer) -> None:
    """Note what holds once everything was read, now or before: what is covered, and listed again.

    A source covers nothing of which an object could not be read.
    """
    if run.result.cancelled:
        return
    source = run.source
    covered = source.covered() if isinstance(source, CoveringSource) and not run.unread else ()
    listed = source.listed() if isinstance(source, ListingSource) else ()
    again = [uri for uri in listed if _UNREAD in run.known.get(uri, ())]
    if covered or again:
        writer.write(decode([]), covered, asides=[Aside(listed=again)])


def _report(run: _Run) -> None:
    detail = f"{run.result.events:,} events"
    if run.result.skipped:
        detail += f", {run.result.skipped:,} skipped"
    run.progress.report(Step("Reading log files", run.done, run.total, "bytes", detail))


def _chunks(objects: list[LogObject], run: _Run) -> Iterator[list[Delivered]]:
    """Read files into chunks that grow, until the work is cancelled."""
    limit = FIRST_CHUNK
    chunk: list[Delivered] = []
    size = 0
    for item in objects:
        if run.progress.cancelled():
            run.result.cancelled = True
            break
        content = _read(item, run)
        if content is None:
            continue
        chunk.append((item, content))
        size += len(content)
        if size >= limit or len(chunk) >= CHUNK_FILES:
            yield chunk
            chunk, size = [], 0
            limit = min(limit * 2, CHUNK)
    if chunk:
        yield chunk


def _read(item: LogObject, run: _Run) -> bytes | str | None:
    """Return a file's bytes, why there are none, or None if this content is in the cache."""
    known = run.known.setdefault(item.uri, set())
    content: bytes | str
    try:
        content = run.source.read(item)
    except OSError as error:
        content = f"It cannot be read: {error.strerror or error}."
        run.unread += 1
    digest = _UNREAD if isinstance(content, str) else hashlib.sha256(content).digest()
    if digest in known:
        run.result.unchanged += 1
        run.done += item.size
        return None
    known.add(digest)
    return content
