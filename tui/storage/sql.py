"""Questions in SQL that a user asks of the cache: one statement that reads, and nothing else.

Owns what such a statement may do and what its errors mean. SQLite's authorizer refuses everything
that writes, attaches a file or loads code, before the statement runs.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TypeAlias

from tui.errors import Cancelled, UsageError

Value: TypeAlias = str | int | float | bytes | None

_READS = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_CODE = "load_extension"
_DESCRIBES = frozenset({"table_info", "table_xinfo", "table_list", "database_list"})
"""Pragmas that only tell what there is."""
_STEPS = 100_000
"""Instructions of SQLite's machine between two looks at whether the user wants to stop."""
_UNKNOWN = re.compile(r"no such (?:column|table|function): (?:\w+\.)?(\S+)")
_ONLY_READS = (
    "This statement would do more than read, and the cache is evidence. Ask with SELECT, "
    "or work on a copy of the cache with sqlite3."
)
_ONE = "There is more than one statement. Ask one at a time."


@contextmanager
def asked(
    connection: sqlite3.Connection, statement: str
) -> Iterator[tuple[Sequence[str], Iterator[Sequence[Value]]]]:
    """Give the titles and, as they are found, the rows of one reading statement.

    Raises UsageError for a statement that is wrong or would write, Cancelled when interrupted.
    """
    known = _names(connection)
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(_goes_on, _STEPS)
    try:
        cursor = connection.execute(statement)
        if cursor.description is None:
            raise UsageError(_ONLY_READS)
        yield [str(each[0]) for each in cursor.description], iter(cursor)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _explained(error, known) from error
    finally:
        connection.set_progress_handler(None, 0)
        connection.set_authorizer(None)


def _authorize(
    action: int, first: str | None, second: str | None, _where: str | None, _inside: str | None
) -> int:
    if action == sqlite3.SQLITE_PRAGMA:
        allowed = first in _DESCRIBES
    else:
        allowed = action in _READS and second != _CODE
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _goes_on() -> int:
    """Let Python take note of Ctrl-C while SQLite works: an exception in here interrupts it."""
    return 0


def _names(connection: sqlite3.Connection) -> list[str]:
    """Return every name of a table, a view or one of their columns."""
    rows = connection.execute(
        "SELECT found.name, part.name FROM sqlite_schema AS found "
        "JOIN pragma_table_info(found.name) AS part WHERE found.type IN ('table', 'view')"
    )
    return sorted({name for row in rows for name in row})


def _explained(error: sqlite3.Error | sqlite3.Warning, known: Sequence[str]) -> Exception:
    """Return the error to raise; what is no fault of the statement stays what it is."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return Cancelled("Interrupted; the rows above are not all there are.")
    if code == sqlite3.SQLITE_AUTH:
        return UsageError(_ONLY_READS)
    if "one statement" in str(error):
        return UsageError(_ONE)
    if code not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG):
        return error
    unknown = _UNKNOWN.search(str(error))
    near = get_close_matches(unknown[1].lower(), known, 1) if unknown else []
    hint = f" Did you mean {near[0]}?" if near else " See: trailhound sql --help."
    return UsageError(f"SQLite cannot answer that: {error}.{hint}")
