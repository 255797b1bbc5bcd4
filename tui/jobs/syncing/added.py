"""Sources that a user added: kept in the cache as they were typed, and what they mean today.

What a text can mean is `adding`'s business. A source that means nothing any more, as its profile is
gone, stays with the reason until somebody removes it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from tui.domain.coverage import Scope
from tui.domain.syncing import AddedSource, Wish
from tui.errors import TrailhoundError
from tui.storage import added, covering
from tui.storage.cache import Cache, transaction


def keep(cache: Cache, text: str, base: Wish) -> None:
    """Keep a source for every later sync; raises CacheError.

    The profiles of `base` are kept with it: it is read with the same credentials another time.
    """
    source = added.Added(text, base.profiles, int(time.time() * 1000))
    with cache.connection() as connection, transaction(connection):
        added.add(connection, source)


def forget(cache: Cache, text: str, scopes: Iterable[Scope] = ()) -> None:
    """Keep a source no longer; what it brought stays. Raises CacheError.

    That `scopes` failed is not told any more: nobody asks them again.
    """
    with cache.connection() as connection, transaction(connection):
        added.remove(connection, text)
        for scope in scopes:
            covering.succeeded(connection, scope)


def added_sources(cache: Cache, base: Wish) -> list[AddedSource]:
    """Return every added source with its wish, for the times and regions of `base`, or why none.

    Raises CacheError.
    """
    with cache.connection() as connection:
        kept = added.everything(connection)
    if not kept:
        return []
    from tui.sources.aws.profiles import profiles  # loads botocore, which few need for this

    try:
        known = profiles()
    except TrailhoundError as error:
        return [AddedSource(each.text, None, str(error)) for each in kept]
    return [_meant(each, base, known) for each in kept]


def within(wish: Wish, base: Wish) -> Wish | None:
    """Return the wish of an added source without what `base` leaves out; None if nothing is left.

    A profile stands for its event history and its trails, any other source for log files.
    """
    left = wish._replace(history=wish.history and base.history, s3=wish.s3 and base.s3)
    return left if left.history or left.s3 else None


def _meant(source: added.Added, base: Wish, profiles: list[str]) -> AddedSource:
    from tui.jobs.syncing.adding import wish_for

    as_added = base._replace(profiles=source.profiles)
    try:
        return AddedSource(source.text, wish_for(source.text, as_added, profiles))
    except TrailhoundError as error:
        return AddedSource(source.text, None, str(error))
