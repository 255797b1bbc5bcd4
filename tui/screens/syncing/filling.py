"""One run of the background sync, in a thread: plan what is wished, and sync it."""

from __future__ import annotations

from tui.domain.syncing import Phase, Standing, Wish
from tui.screens.syncing.board import SyncBoard
from tui.screens.syncing.wishes import Run
from tui.storage.cache import Cache


class _Hand:
    """The board as one wish sees it: a wish that was dropped is stopped, the others are not."""

    def __init__(self, board: SyncBoard, wish: Wish) -> None:
        self._board = board
        self._wish = wish

    def stands(self, standing: Standing) -> None:
        """Tell the board."""
        self._board.stands(standing)

    def cancelled(self) -> bool:
        """Return whether this is to stop."""
        return self._board.cancelled() or self._wish not in self._board.wishes

    def held(self) -> bool:
        """Return whether the user paused it."""
        return self._board.held()


def fill(cache: Cache, run: Run, board: SyncBoard) -> None:
    """Plan what is wished and sync it, from a thread; raises CacheError."""
    from tui.jobs.syncing.plan import plan
    from tui.jobs.syncing.sync import sync

    hand = _Hand(board, run.base)
    planned = False
    try:
        begun = board.wishes.now()
        found = plan(cache, run.wish, board.pacers)
        streams = board.planned(found, run)
        planned = True
        if not hand.cancelled():
            done = sync(cache, streams, hand, limits=run.wish.limits)
            board.note(run, done.shed.sentences())
        buckets = [each.standing for each in streams if each.standing.scope.source == "s3"]
        whole = len(streams) == len(found.streams) and not found.problems
        if whole and all(each.phase is Phase.DONE and not each.unlisted for each in buckets):
            board.wishes.listed(run.base, begun)
    finally:
        board.ended(run, planned=planned)
