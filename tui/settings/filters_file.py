"""Changing the file of saved filters: what a user wrote by hand, comments and all, stays.

Every change reads the file anew, so that one made meanwhile in an editor is kept, and replaces it
whole: nobody ever reads half of it. What may stand in it is `filters`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.saved import Saved
from tui.errors import SettingsError
from tui.settings.filters import load, parse
from tui.settings.text import text_of

if TYPE_CHECKING:  # only needed for what is changed
    from tomlkit import TOMLDocument

_HEAD = "# Saved filters of trailhound: @name stands for one wherever a filter is typed.\n"


def put(path: Path, name: str, values: Mapping[str, str | bool]) -> Saved:
    """Save what a filter is to say, and what else it says as it is; return what is saved then.

    An empty text takes the key away. Raises SettingsError where the file is no TOML or cannot be
    written.
    """
    import tomlkit

    document = _read(path)
    table = document.get(name)
    if table is None:
        if document.body:
            document.add(tomlkit.nl())
        document.add(name, tomlkit.table())
        table = document[name]
    if not isinstance(table, MutableMapping):
        raise SettingsError(f"{name} is no table in {path}. Mend the file first.")
    with _last_words_last(table):
        for key, value in values.items():
            if value == "":
                table.pop(key, None)
            else:
                table[key] = _quoted(value) if isinstance(value, str) else value
    return _written(path, document)


def drop(path: Path, name: str) -> Saved:
    """Save a filter no longer; return what is saved then.

    Raises SettingsError where the file is no TOML or cannot be written.
    """
    document = _read(path)
    document.pop(name, None)
    return _written(path, document)


@contextmanager
def _last_words_last(table: MutableMapping[str, object]) -> Iterator[None]:
    """Add keys before the blank lines and comments at the end: these belong to what follows."""
    from tomlkit.items import Table

    body = table.value.body if isinstance(table, Table) else []
    keys = [number for number, (key, _) in enumerate(body, 1) if key is not None]
    end = keys[-1] if keys else len(body)
    last = body[end:]
    del body[end:]
    yield
    body.extend(last)


def _quoted(text: str) -> object:
    """Return a text as TOML, in the quotes that need the fewest backslashes."""
    import tomlkit

    plain = text.isprintable() and "'" not in text
    return tomlkit.string(text, literal=plain and ('"' in text or "\\" in text))


def _read(path: Path) -> TOMLDocument:
    import tomlkit

    try:
        text = text_of(path)
        parse(text)
    except ValueError as error:
        raise SettingsError(f"{path} cannot be read: {error}. Mend the file first.") from error
    return tomlkit.parse(text or _HEAD)


def _written(path: Path, document: TOMLDocument) -> Saved:
    target = path.resolve()  # a link stays one
    fresh = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(document.as_string(), encoding="utf-8")
        with suppress(FileNotFoundError):
            shutil.copymode(target, fresh)
        fresh.replace(target)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        why = error.strerror or error
        raise SettingsError(f"{path} cannot be written: {why}. Nothing is changed.") from error
    return load(path)
