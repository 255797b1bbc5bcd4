"""One event in plain words: who did what, to what, from where, and why it matters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, tzinfo

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.domain.answer import Row, Sighting
from tui.domain.event import FLAGGED, Actor, Outcome, Result, Severity
from tui.domain.integrity import Kind, Voucher
from tui.widgets import tones, wording
from tui.widgets.glyphs import UNICODE, Glyphs
from tui.widgets.printable import safe

Styled = Callable[[str], Style]
"""Tone to style."""

_WORD = 200
"""Characters of one value in a sentence."""


def plain(_tone: str) -> Style:
    """Return no style at all."""
    return Style()


def sentence(row: Row, styled: Styled = plain) -> Text:
    """Return `deploy (via ci-role) was denied iam AttachRolePolicy on role/app-admin from ...`."""
    text = Text()
    muted = styled("muted")
    text.append(_say(row.actor.caller), styled("accent"))
    if aside := _aside(row):
        text.append(f" ({aside})", muted)
    text.append(f" {_verb(row.outcome)} ", styled(_result_tone(row.outcome)))
    text.append(
        f"{_say(row.call.service)} {_say(row.call.action)}", styled("text") + Style(bold=True)
    )
    if row.resources:
        text.append(" on ", muted)
        text.append(_say(wording.resources(row.resources)), styled("text"))
    if row.origin.ip:
        text.append(" from ", muted)
        text.append(_say(row.origin.ip), styled("text"))
    if row.origin.agent:
        text.append(f" with {_say(wording.agent(row.origin.agent))}", muted)
    if row.actor.mfa in _MFA:
        text.append(f", {_MFA[row.actor.mfa]}", muted)
    if row.outcome.result == Result.FAILED and row.outcome.error:
        text.append(f": {_say(row.outcome.error)}", styled("failed"))
    return text


_MFA = {"true": "with MFA", "false": "no MFA"}

_VERBS = {Result.OK: "called", Result.DENIED: "was denied", Result.FAILED: "failed to call"}


def _verb(outcome: Outcome) -> str:
    return {str(result): verb for result, verb in _VERBS.items()}.get(outcome.result, "called")


def _result_tone(outcome: Outcome) -> str:
    return {str(Result.OK): "text", str(Result.DENIED): "denied"}.get(outcome.result, "failed")


def _aside(row: Row) -> str:
    actor = row.actor
    said: list[str] = []
    if actor.behind and actor.behind != actor.caller:
        said.append(f"really {_say(actor.behind)}")
    said += _through(actor)
    if actor.account and row.place.account and actor.account != row.place.account:
        said.append(f"of account {_say(actor.account)}")
    return ", ".join(said)


def _through(actor: Actor) -> list[str]:
    through = [name for name in (actor.role, actor.via) if name and name != actor.caller]
    return [f"via {' and '.join(_say(name) for name in through)}"] if through else []


def _say(text: str) -> str:
    return safe(text, _WORD)


def concern(row: Row, glyphs: Glyphs = UNICODE, styled: Styled = plain) -> Text:
    """Return the severity and its reason, or nothing for an event that needs no attention."""
    level = max(0, min(row.signal.severity, Severity.CRITICAL))
    if not level:
        return Text()
    severity = Severity(level)
    reason = f": {_say(row.signal.reason)}" if row.signal.reason else ""
    words = f"{glyphs.severity[level]} {severity.name.lower()}{reason}"
    return Text.assemble((words, styled(wording.severity_tone(level))))


def seen(sightings: Sequence[Sighting], styled: Styled = plain) -> Text:
    """Return where the event was delivered: the first place in full, of the others the number."""
    if not sightings:
        return Text()
    first = sightings[0]
    more = f" and {len(sightings) - 1} more" if len(sightings) > 1 else ""
    words = f"{first.source}, record {first.ordinal} of {safe(first.uri, 300)}{more}"
    return Text.assemble((words, styled("muted")))


_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z(?:_backfill)?(?=\.json)")
_UNLISTED = "no digest names its log file, though one ought to: nothing vouches for it"
_WITHOUT = "its log file was delivered in an hour without a digest: nothing vouches for it"


def vouched(voucher: Voucher, styled: Styled = plain) -> Text:
    """Return the chain that speaks for an event, from its log file to the key, or what broke it."""
    if voucher.digest is None:
        unlisted = voucher.verdict == Kind.LOG_UNLISTED
        words = _UNLISTED if unlisted else _WITHOUT
        return Text.assemble((words, styled("failed" if unlisted else "muted")))
    stamp = _STAMP.search(voucher.digest)
    digest = f"digest {stamp[0] if stamp else safe(voucher.digest.rpartition('/')[2], 60)}"
    key = f", key {safe(voucher.fingerprint[:8], 8)}" if voucher.fingerprint else ""
    key = ", which the one after it vouches for" if voucher.chained else key
    if voucher.verdict == "valid":
        return Text.assemble((f"its log file is as delivered, by {digest}{key}", styled("muted")))
    return Text.assemble((f"{safe(voucher.verdict, 40)}, by {digest}{key}", styled("failed")))


class Summary(Widget):
    """The event under the cursor, in words; only lines that changed are drawn anew."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Summary { height: 4; width: 1fr; padding: 0 1; background: $surface; }
    """

    def __init__(
        self,
        *,
        zone: tzinfo = UTC,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.zone = zone
        self.glyphs = glyphs
        self._row: Row | None = None
        self._sightings: tuple[Sighting, ...] = ()
        self._voucher: Voucher | None = None
        self._drawn: list[Text] = []
        self._breaker = Console()

    def show(
        self, row: Row | None, sightings: Sequence[Sighting] = (), voucher: Voucher | None = None
    ) -> None:
        """Say what the event is, where it was delivered and what vouches for it, if known."""
        self._row, self._sightings, self._voucher = row, tuple(sightings), voucher
        before, self._drawn = self._drawn, self._wrapped()
        for y in range(self.size.height):
            old, new = _at(before, y), _at(self._drawn, y)
            if old != new:
                cells = max(old.cell_len, new.cell_len)
                self.refresh(Region(self.gutter.left, y + self.gutter.top, cells, 1))

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._drawn = self._wrapped()
        self.refresh()

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        super().notify_style_update()
        self._drawn = self._wrapped()

    def render_line(self, y: int) -> Strip:
        """Return one line of the words."""
        width = self.size.width
        ground = tones.style(self, "muted")
        segments = _at(self._drawn, y).render(self._breaker)
        strip = Strip(
            Segment(segment.text, ground + segment.style if segment.style else ground)
            for segment in segments
            if segment.text != "\n"
        )
        return strip.adjust_cell_length(width, ground)

    def _wrapped(self) -> list[Text]:
        width = self.size.width
        if not width:
            return []
        return [
            line
            for text in self._said()
            for line in text.wrap(self._breaker, width, overflow="fold")
        ]

    def _said(self) -> list[Text]:
        row = self._row
        if row is None:
            return [Text("No event chosen.")]
        when = wording.moment(row.time, self.zone, f"%Y-%m-%d %H:%M:%S {self.zone}")
        place = " ".join(safe(part, 40) for part in (row.place.region, row.place.account) if part)
        lines = [
            sentence(row, self._styled),
            concern(row, self.glyphs, self._styled),
            Text.assemble(
                f"{when}  {place}  ", self._mark(row), self._flag(row), *self._highlights(row)
            ),
            vouched(self._voucher, self._styled) if self._voucher else Text(),
            seen(self._sightings, self._styled),
        ]
        return [line for line in lines if line]

    def _mark(self, row: Row) -> Text:
        mark = row.integrity.mark
        words = f"{wording.mark_sign(mark, self.glyphs)} {wording.mark(mark)}"
        return Text(words, self._styled(wording.mark_tone(mark)))

    def _flag(self, row: Row) -> Text:
        flagged = row.flag.flagged == FLAGGED
        words = f"  {self.glyphs.flag} flagged" if flagged else ""
        return Text(words, self._styled("accent"))

    def _highlights(self, row: Row) -> Iterator[Text]:
        """Yield which saved filters highlight the event."""
        for each in row.highlights:
            words = f"  {self.glyphs.highlight} @{each.name}"
            yield Text(words, self._styled(each.tone))

    def _styled(self, tone: str) -> Style:
        return Style(color=tones.style(self, tone).color)


def _at(lines: Sequence[Text], y: int) -> Text:
    return lines[y] if y < len(lines) else Text()
