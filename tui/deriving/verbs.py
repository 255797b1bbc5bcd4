"""What kind of change an action makes, by the table `tui/data/verbs.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from tui.deriving.tables import bare, pattern, table, texts
from tui.deriving.texts import object_of
from tui.domain.event import Verb

_STRENGTH = (Verb.READ, Verb.WRITE, Verb.DESTRUCTIVE, Verb.PERMISSION)


@lru_cache(maxsize=4096)
def verb_of(service: str, action: str, read_only: str | None = None) -> Verb:
    """Return the kind of change; `read_only` is "true", "false" or None as in `Call`.

    What AWS says about reading wins over names: a GetX with readOnly false is a write. A name
    that tells nothing is a write.
    """
    if read_only == "true":
        return Verb.READ
    name = bare(action)
    if _listed("permission", service, name):
        return Verb.PERMISSION
    if _listed("destructive", service, name) and not _listed("harmless", service, name):
        return Verb.DESTRUCTIVE
    if read_only is None and _listed("read", service, name):
        return Verb.READ
    return Verb.WRITE


def strongest(verbs: Iterable[Verb]) -> Verb:
    """Return the verb that changes most; write when there is none, as nothing is known then."""
    return max(verbs, key=_STRENGTH.index, default=Verb.WRITE)


def _listed(kind: str, service: str, action: str) -> bool:
    patterns = _patterns(kind)
    return any(patterns[key].match(action) is not None for key in (service, "*") if key in patterns)


@cache
def _patterns(kind: str) -> dict[str, re.Pattern[str]]:
    return {
        service: pattern(texts(names)) for service, names in object_of(table("verbs")[kind]).items()
    }
