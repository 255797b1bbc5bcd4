"""The records of one delivered file, in the order the cache counts them."""

from __future__ import annotations

from tui.sources import envelope
from tui.sources.container import CAP, unpack


def split(content: bytes, cap: int = CAP) -> list[envelope.Piece]:
    """Return the records of a file; their places in this list are their ordinals."""
    return list(envelope.records(unpack(content, cap).text))
