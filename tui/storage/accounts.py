"""The names of accounts, as Organizations or their aliases tell them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping


def names(connection: sqlite3.Connection) -> dict[str, str]:
    """Return names by account; those without one are left out."""
    return dict(connection.execute("SELECT id, name FROM account WHERE name != ''"))


def asked(connection: sqlite3.Connection, account: str) -> int | None:
    """Return when an account's name was last asked for, ms since 1970 UTC."""
    row = connection.execute("SELECT at FROM account WHERE id = ?", (account,)).fetchone()
    return row[0] if row else None


def note(connection: sqlite3.Connection, found: Mapping[str, str], at: int) -> None:
    """Remember names; an empty one stands for an account that has none."""
    values = [(account, name, at) for account, name in found.items()]
    connection.executemany("INSERT OR REPLACE INTO account VALUES (?, ?, ?)", values)
