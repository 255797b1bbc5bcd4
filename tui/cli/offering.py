"""What commands say on stderr when AWS knows more than a small result shows."""

from __future__ import annotations

import sys
import time

from tui.domain.answer import Span
from tui.domain.filter import Everything, Filter
from tui.storage.cache import Cache

FEW = 20
"""Events found up to which somebody may have expected more."""


def say_offer(cache: Cache, tree: Filter, found: int) -> None:
    """Tell what AWS could answer of a filter that found few events; raises CacheError."""
    if found > FEW or isinstance(tree, Everything):
        return
    from tui.jobs.asking.offering import offered
    from tui.jobs.exploring.find import find

    def count(each: Filter) -> int:
        with cache.connection() as connection:
            return sum(1 for _ in find(connection, each, 0))

    now = int(time.time() * 1000)
    offer = offered(cache, tree, Span(0, now), now, count=count)
    if offer.away:
        sys.stderr.write(f"{offer.away}\n")
    if offer.plan:
        said = " ".join([offer.plan.sentence(), *offer.plan.warnings])
        sys.stderr.write(f"Not all is synced, and AWS could tell: {said}\n")
        sys.stderr.write(f"That takes {offer.takes()}. Start trailhound, which offers to ask.\n")
