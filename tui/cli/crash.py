"""What becomes of an error nobody expected: a report in a file, and one line that names it.

The report may be sent to strangers. It holds types of errors, lines of code and versions; no
message and no variable, for those may quote an event.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from tui.cli.plain import plain
from tui.paths import state_folder

COULD_NOT = 2
_PRIVATE = 0o600
_EXPECTED = (SystemExit, KeyboardInterrupt, GeneratorExit)
_ROOTS = ("site-packages", "dist-packages", "lib")
"""Folders before which a path says where somebody lives."""


class Reported:
    """Ends the program with a report for an error that its block did not expect.

    In Python's development mode (`python -X dev -m tui`) errors show as they are.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, _EXPECTED) or sys.flags.dev_mode:
            return
        report = "\n".join((*_head(), *_chain(error), ""))
        sys.stderr.write(f"trailhound: {_sentence(error, _written(report))}\n")
        raise SystemExit(COULD_NOT) from None


def _head() -> Iterator[str]:
    from tui.cli.versions import as_text

    yield f"A crash of trailhound at {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    yield from as_text().splitlines()
    yield f"TERM {os.environ.get('TERM', '(none)')}"


def _chain(error: BaseException) -> Iterator[str]:
    """Yield every error with its lines of code, the first cause first."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before)
        yield ""
        yield "which led to"
    yield ""
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    yield from _frames(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _chain(each)


def _frames(error: BaseException) -> Iterator[str]:
    from traceback import extract_tb

    for frame in extract_tb(error.__traceback__):
        yield f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line}"


def _place(filename: str) -> str:
    """Return a file's path from its package on: what lies before is nobody's business."""
    parts = Path(filename).parts
    package = Path(__file__).parents[1]
    if Path(filename).is_relative_to(package):
        return str(Path(filename).relative_to(package.parent))
    starts = [number + 1 for number, part in enumerate(parts) if part in _ROOTS]
    return "/".join(parts[starts[-1] :] if starts else parts[-1:])


def _written(report: str) -> Path | None:
    """Write the report and return its path; None where nothing can be written."""
    with suppress(OSError):
        folder = state_folder() / "crashes"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
        path.touch(_PRIVATE)
        path.write_text(report, encoding="utf-8")
        return path
    return None


def _sentence(error: BaseException, path: Path | None) -> str:
    what = f"This should not have happened: {type(error).__name__}. What was stored is kept."
    if path is None:
        return f"{what} No report could be written."
    return f"{what} A report without event data, for the maintainers: {plain(str(path))}"
