"""Lenient reading of parsed JSON: what counts as a text, an object, a yes or a no.

Everything in a record is written by somebody else, so any value may have any type. This module
owns how such a value becomes a text that is safe to store; it knows no field of CloudTrail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

LIMIT = 4096
"""Bytes of UTF-8 that a derived text keeps; the record itself keeps everything."""

NOTHING: Mapping[str, object] = MappingProxyType({})
"""Stands where an object belongs and none was delivered."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def text_of(value: object) -> str | None:
    """Return a scalar as text: `true` and `false` for booleans, None for all that is no scalar.

    An empty string counts as absent. Control characters stay as they are; a lone surrogate, which
    UTF-8 cannot hold, becomes U+FFFD; what exceeds `LIMIT` is cut.
    """
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def clean(text: str, limit: int = LIMIT) -> str:
    """Return the text as valid UTF-8 of at most `limit` bytes."""
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    if len(text) * 4 <= limit:
        return text
    return text.encode()[:limit].decode(errors="ignore")


def object_of(value: object) -> Mapping[str, object]:
    """Return the value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else NOTHING


def boolean_of(value: object) -> str | None:
    """Return "true" or "false" for a boolean, delivered as such or as text, else None."""
    text = text_of(value)
    lowered = text.lower() if text else None
    return lowered if lowered in ("true", "false") else None


def first_text(*values: object) -> str | None:
    """Return the first value that is a text."""
    for value in values:
        text = text_of(value)
        if text is not None:
            return text
    return None
