"""What workers tell a screen: results that carry the request they answer, and progress.

Workers only compute and post; handlers on the screen change what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import Worker

from tui.domain.answer import Fresh, Query, Row, Sighting
from tui.domain.integrity import Voucher
from tui.domain.progress import Step
from tui.errors import CacheDamaged
from tui.jobs.syncing.coverage import Cover
from tui.widgets.event_table import Place
from tui.widgets.message import message

if TYPE_CHECKING:  # loading these takes longer than the first paint
    from tui.analysis.headlines import Headline
    from tui.jobs.asking.ask import Answers
    from tui.jobs.asking.lookup import LookupPlan
    from tui.jobs.asking.offering import Offer
    from tui.jobs.exploring.explore import Explorer, View
    from tui.jobs.ingesting.ingest import Ingested
    from tui.language.complete import Completion

_OFTEN = 0.1
"""Seconds between two progress messages."""


class Request(NamedTuple):
    """A query, and what else is to be found out with it."""

    generation: int
    query: Query
    place: Place = Place()
    """What has to stay where it is."""
    kept: bool = False
    """Whether there is a place to keep, the newest event included."""
    light: bool = False
    """Whether facets and histogram are left for later."""
    unseen: Sequence[range] = ()
    """Row numbers that landed since the user looked."""
    missed: Sequence[range] = ()
    """Row numbers that landed since the view was held."""


@message
class FirstRows(Message):
    """The newest events, read without loading anything."""

    rows: Sequence[Row]
    total: int


@message
class ExplorerReady(Message):
    """Queries can be answered now."""

    explorer: Explorer
    skipped: int


@message
class Grown(Message):
    """The explorer has taken over what was added to the cache."""

    events: int
    skipped: int
    """Things in the cached files that gave no event."""
    changed: bool = False
    """Whether events that were there before changed, or how far they are vouched for."""


@message
class Answered(Message):
    """A query was answered; `rows` are those from position `first` on."""

    generation: int
    view: View
    cursor: int
    first: int
    rows: Sequence[Row]
    cover: Cover = field(default_factory=Cover)
    """How the time shown is covered; of a light answer, nothing is said."""
    top: int | None = None
    """Position that stays first in view, where the cursor is out of it."""
    light: bool = False
    unseen: Fresh = field(default_factory=Fresh)
    """Of what landed since the user looked."""
    missed: Fresh = field(default_factory=Fresh)
    """Of what landed since the view was held."""
    place: Place | None = None
    """Where the user was when it was asked, if that was to be kept."""


@message
class CoverRead(Message):
    """How the time shown by an answer is covered was read again."""

    generation: int
    cover: Cover


@message
class OfferFound(Message):
    """What AWS could answer of the query was found out; it may be nothing."""

    generation: int
    offer: Offer | None


@message
class AwsAnswered(Message):
    """AWS answered what a plan asked for, and the answers are cached."""

    plan: LookupPlan
    answers: Answers


@message
class RowsRead(Message):
    """Some rows of an answer were read."""

    generation: int
    first: int
    rows: Sequence[Row]


@message
class RecordOpened(Message):
    """One event's record was opened."""

    number: int
    record: Mapping[str, object]
    text: str
    """The record as delivered, on one line."""
    sightings: Sequence[Sighting]
    voucher: Voucher | None = None
    """What speaks for or against it."""


@message
class Progressed(Message):
    """Long work stands at this step; the latest replaces those still waiting."""

    step: Step

    def can_replace(self, message: Message) -> bool:
        """Return whether this one makes a waiting one pointless."""
        return isinstance(message, Progressed)


@message
class Read(Message):
    """A source was read into the cache to its end."""

    result: Ingested


@message
class SyncMoved(Message):
    """The sync stands elsewhere; its board says where."""

    def can_replace(self, message: Message) -> bool:
        """Return whether this one makes a waiting one pointless."""
        return isinstance(message, SyncMoved)


@message
class Arrived(Message):
    """Something landed, or a feed stands elsewhere; the board of the feeds says what."""

    def can_replace(self, message: Message) -> bool:
        """Return whether this one makes a waiting one pointless."""
        return isinstance(message, Arrived)


@message
class Told(Message):
    """What landed is in the explorer, and this is what it amounts to."""

    headline: Headline
    notable: Sequence[Row]
    """What alerts, oldest first; only the latest of many."""
    names: Sequence[str]
    """The saved filters that the last of these matches."""


@message
class Attention(Message):
    """Something is worth interrupting the user for; the sentence is safe for a terminal."""

    sentence: str


@message
class FollowEnded(Message):
    """Nothing is followed any more."""


@message
class Completed(Message):
    """What could be typed next at this place of this text."""

    text: str
    cursor: int
    found: Sequence[Completion]


@message
class Problem(Message):
    """A worker could not do its work; the sentence says why and what to do."""

    sentence: str


@message
class Damaged(Message):
    """A worker found the cache damaged."""

    damage: CacheDamaged


@message
class CacheRebuilt(Message):
    """A new cache stands in place of the damaged one."""

    sentence: str


@message
class ThemeKept(Message):
    """The user keeps this theme."""

    name: str


class ToScreen:
    """A progress port whose other end is a screen."""

    def __init__(self, screen: MessagePump, worker: Worker[None] | None = None) -> None:
        """With a worker, cancelling that stops the work too."""
        self._screen = screen
        self._worker = worker
        self._stopped = Event()
        self._told = 0.0

    def report(self, step: Step) -> None:
        """Post the step, a few times a second at most."""
        now = monotonic()
        if now - self._told >= _OFTEN:
            self._told = now
            self._screen.post_message(Progressed(step))

    def cancelled(self) -> bool:
        """Return whether the screen asked to stop."""
        cancelled = self._worker is not None and self._worker.is_cancelled
        return cancelled or self._stopped.is_set()

    def stop(self) -> None:
        """Ask the work to stop at its next safe point."""
        self._stopped.set()
