"""Finding values inside parsed JSON by a path of names.

Names are compared without case where the exact spelling misses, because CloudTrail is not
consistent in it. A list on the way means each of its elements, at any depth. A text on the way
that holds JSON is read as such, because policies are delivered both ways. Nothing here recurses,
so no nesting is too deep.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tui.deriving.texts import text_of

EMPTY: tuple[object, ...] = ("", {}, [])
"""Values that say nothing."""


def values_at(node: object, steps: Iterable[str]) -> list[object]:
    """Return everything the path leads to, in order, without nulls; lists are taken apart."""
    found = flat(node)
    for step in steps:
        found = [value for part in found for value in flat(child(part, step))]
    return found


def texts_at(node: object, steps: Iterable[str]) -> list[str]:
    """Return the texts the path leads to, in order."""
    texts = (text_of(value) for value in values_at(node, steps))
    return [text for text in texts if text is not None]


def flat(node: object) -> list[object]:
    """Return the elements of a list and of the lists in it, or the value itself if it is none."""
    if not isinstance(node, list):
        return [] if node is None else [node]
    found: list[object] = []
    pending: list[object] = [node]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(reversed(value))
        elif value is not None:
            found.append(value)
    return found


def child(node: object, name: str) -> object:
    """Return the member of that name, or None."""
    if isinstance(node, str):
        node = _parsed(node)
    if not isinstance(node, dict):
        return None
    if name in node:
        return node[name]
    lowered = name.lower()
    return next((value for key, value in node.items() if key.lower() == lowered), None)


def _parsed(text: str) -> object:
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
