"""Text that others wrote, made safe to print: nothing in it may command the terminal."""

from __future__ import annotations


def plain(text: str) -> str:
    """Return the text with everything unprintable escaped, on one line."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
