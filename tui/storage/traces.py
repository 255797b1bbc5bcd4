"""Whether a file that SQLite cannot read was ever a cache, or is one of the user's own.

A damaged cache is renamed; whatever else a user names by mistake has to stay where it is. Only the
beginning of a file is looked at, as the schema is stored first.
"""

from __future__ import annotations

from pathlib import Path

from tui.storage.migrations import APPLICATION_ID

_HEADER = b"SQLite format 3\0"
_APPLICATION_ID = slice(68, 72)
"""Where a database's header says whose it is (sqlite.org/fileformat.html, 1.3)."""
_SCHEMA = (b"tablefactfact", b"vieweventevent")
"""Kind, name and table as rows of the schema hold them: no text of ours is spelled like that."""
_BEGINNING = 8 << 20
"""Bytes that are looked at: a new cache has its whole schema in the first quarter of a million."""


def of_a_cache(path: Path) -> bool:
    """Return whether a file shows that it was a cache, or holds nothing at all."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return False
    if beginning.startswith(_HEADER):
        if beginning[_APPLICATION_ID] == APPLICATION_ID.to_bytes(4, "big"):
            return True
    elif len(beginning) > 1 and not beginning.strip(b"\0"):  # as a crash of the machine leaves it
        return True
    return any(each in beginning for each in _SCHEMA)
