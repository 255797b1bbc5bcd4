"""Numbers with their nouns, as sentences need them."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return `1 request`, `1,204 requests`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
