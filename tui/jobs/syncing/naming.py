"""Names of accounts: asked of AWS once a day, kept in the cache, shown beside their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui.errors import TrailhoundError
from tui.storage import accounts
from tui.storage.cache import Cache, transaction

if TYPE_CHECKING:  # loading boto3 takes long
    from tui.sources.aws.sessions import Account

_OFTEN = 86_400_000
"""ms for which names are taken to stay as they are."""


def learn_names(cache: Cache, account: Account, now: int) -> None:
    """Ask for the names an account may know, unless that was done today; raises CacheError.

    Most accounts may not ask: then they go by their number. `now` is in ms since 1970 UTC.
    """
    number = account.identity().account
    with cache.connection() as connection:
        at = accounts.asked(connection, number)
        if at is not None and now - at < _OFTEN:
            return
        try:
            found = account.names()
        except TrailhoundError:
            found = {}
        with transaction(connection):
            accounts.note(connection, {number: "", **found}, now)


def account_names(cache: Cache) -> dict[str, str]:
    """Return the names that are known, by account; raises CacheError."""
    with cache.connection() as connection:
        return accounts.names(connection)


def named(account: str, names: Mapping[str, str]) -> str:
    """Return `123456789012 (production)`, or the number alone."""
    return f"{account} ({names[account]})" if account in names else account
