"""The options that choose what a sync reads: accounts, and kinds of events."""

from __future__ import annotations

import argparse
import re
from difflib import get_close_matches

from tui.errors import UsageError
from tui.sources.aws.keys import ACCOUNT, Kind

KINDS = {
    "events": Kind.EVENTS,
    "insights": Kind.INSIGHTS,
    "network": Kind.NETWORK,
    "aggregated": Kind.AGGREGATED,
}
"""By the words of the command line; the names of their folders are taken too."""
_FOLDERS = {kind.lower(): kind for kind in KINDS.values()}


def accounts_of(parsed: argparse.Namespace) -> tuple[str, ...]:
    """Return the accounts a command line names; raises UsageError for what is no account."""
    for account in parsed.account:
        if not re.fullmatch(ACCOUNT, account):
            raise UsageError(f"{account!r} is no account: its number has 12 digits.")
    return tuple(parsed.account)


def kinds_of(parsed: argparse.Namespace) -> tuple[str, ...]:
    """Return the kinds a command line names, as folders; raises UsageError for others."""
    return tuple(str(_kind(each.lower())) for each in parsed.kind)


def _kind(word: str) -> Kind:
    known = KINDS | _FOLDERS
    if word in known:
        return known[word]
    near = get_close_matches(word, known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise UsageError(f"There is no kind {word!r}.{hint} The kinds are {', '.join(KINDS)}.")
