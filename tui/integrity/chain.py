"""The digests of one trail in one account and region, one after the other.

Owns what no single digest tells: missing hours, each of them; the newest ones that are overdue;
chains that begin anew; and whether each digest goes on from its predecessor by hash, signature and
time. Digests may have been judged in any order; what is needed here are their links, and the
names of all digests that were listed, so that one that cannot be read is not called missing.

Source: CloudTrail user guide, "CloudTrail digest file structure" and "Validating CloudTrail log
file integrity".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.domain.answer import Span
from tui.domain.integrity import HOUR, Finding, Kind, Stream
from tui.domain.spans import merged
from tui.integrity.expected import expected_uri, stamp_of
from tui.integrity.judge import Link
from tui.integrity.signature import NoKey, NotSigned, check

GRACE = 30 * 60_000
"""ms after the end of an hour in which its digest may still come; AWS documents no figure."""


class Listed(NamedTuple):
    """A digest file that is there, whether or not it was read."""

    uri: str
    end: int
    """The stamp in its name, ms since 1970 UTC."""


class Asked(NamedTuple):
    """Which deliveries are looked at, and as of when; ms since 1970 UTC."""

    window: Span
    now: int
    logging_until: int | None = None
    """When the trail stopped logging, if it did: no digest is expected after that."""
    unknown: tuple[Span, ...] = ()
    """Times whose digests could not be listed: none of those is missing."""


class Followed(NamedTuple):
    """What the chain tells beyond its digests."""

    findings: tuple[Finding, ...]
    vouched: frozenset[str]
    """Digests, by where they were found, whose content only their successor vouches for."""
    covered: tuple[Span, ...]
    """Hours whose digests are what AWS signed."""


class _Node(NamedTuple):
    """One digest in its place; without a link it cannot be read, or was not."""

    end: int
    start: int
    uri: str
    link: Link | None


def follow(
    stream: Stream,
    listed: Iterable[Listed],
    links: Iterable[Link],
    asked: Asked,
    witnesses: Iterable[Link] = (),
    elsewhere: Iterable[Listed] = (),
    others: Iterable[str] = (),
) -> Followed:
    """Follow one chain through a window.

    Witnesses are digests beyond the window: they vouch for those within, and are not judged.
    Those `elsewhere` are of the same chain and followed there: before or after those listed here.
    `others` are the places of digests of other chains: one that was copied here may go on from one.

    `listed` should reach a little beyond the window on both sides: the newest digest before it
    shows where the first missing hour begins. Memory is that of the links, so follow streams one
    at a time. Buckets that digests name as those of their predecessors belong to the listing.
    """
    given = (stream, listed, list(links), asked, list(witnesses), list(elsewhere))
    return _Chain(*given, set(others)).followed()


class _Chain:
    def __init__(
        self,
        stream: Stream,
        listed: Iterable[Listed],
        known: list[Link],
        asked: Asked,
        witnesses: list[Link],
        elsewhere: list[Listed],
        others: set[str],
    ) -> None:
        self._stream = stream
        self._asked = asked
        self._vouched = _vouched([*known, *witnesses])
        self._by_home = {link.home: link for link in known}
        read = {link.uri for link in known}
        unread = {each.uri: each.end for each in listed if each.uri not in read}
        self._there = unread.keys() | read | {each.uri for each in elsewhere} | others
        self._elsewhere = elsewhere
        nodes = [_Node(link.end, link.start, link.uri, link) for link in known]
        nodes += [_Node(end, end - HOUR, uri, None) for uri, end in unread.items()]
        self._nodes = sorted(nodes, key=lambda node: (node.end, node.start, node.uri))

    def followed(self) -> Followed:
        findings: list[Finding] = []
        before = self._before_all()
        for node in self._nodes:
            if self._concerns(before, node):
                findings += self._joined(before, node)
            before = node
        goes_on = before is not None and any(each.end > before.end for each in self._elsewhere)
        if self._nodes and before is not None and not goes_on and not self._stream.backfill:
            findings += self._overdue(before)
        links = [node.link for node in self._nodes if node.link is not None]
        vouched = frozenset(link.uri for link in links if link.uri in self._vouched)
        good = (link for link in links if link.vouches or link.uri in vouched)
        hours = merged(Span(link.start, link.end) for link in good)
        return Followed(tuple(findings), vouched, tuple(hours))

    def _before_all(self) -> _Node | None:
        """Return what comes before the first digest listed here, if that is elsewhere."""
        if not self._nodes:
            return None
        first = self._nodes[0]
        earlier = (each for each in self._elsewhere if each.end <= first.start)
        last = max(earlier, key=lambda each: each.end, default=None)
        return _Node(last.end, last.end - HOUR, last.uri, None) if last else None

    def _concerns(self, before: _Node | None, node: _Node) -> bool:
        """Return whether a digest, or the time since the one before it, lies in the window."""
        window = self._asked.window
        begins = min(node.start, before.end) if before else node.start
        return node.end >= window.start and begins < window.end

    def _joined(self, before: _Node | None, node: _Node) -> Iterator[Finding]:
        """Yield what is wrong between a digest and what comes before it."""
        link = node.link
        if link is None:
            yield from self._hours_between(before, node.start, None)
        elif link.previous is None:
            if before is not None and not self._stream.backfill:
                yield self._gap(before, link)
        elif link.previous.uri in self._by_home:
            previous = self._by_home[link.previous.uri]
            yield from self._compared(previous, link, before)
        elif link.previous.uri not in self._there:
            yield from self._missing(before, link)

    def _missing(self, before: _Node | None, link: Link) -> Iterator[Finding]:
        """Yield the digest that this one names as its predecessor, and all before it."""
        named = link.previous.uri if link.previous else link.home
        if not self._stream.backfill:
            yield from self._hours_between(before, link.start, named)
            return
        end = stamp_of(named)
        if end is not None and end >= self._asked.window.start and not self._is_unknown(end):
            told = f"{link.uri} names this digest as its predecessor, but it is not there."
            yield self._finding(Kind.DIGEST_MISSING, named, told, Span(end - HOUR, end))

    def _hours_between(
        self, before: _Node | None, end: int, named: str | None
    ) -> Iterator[Finding]:
        """Yield every absent hour up to `end`, newest first.

        `named` is the digest whose hour ends then, if its successor names it: that one existed.
        Without any digest before it nothing says how many more there were.
        """
        if self._stream.backfill or (before is None and named is None):
            return  # nothing says that there was any
        first = before.end if before else end - HOUR
        count = max(round((end - first) / HOUR), 1 if named else 0)
        for hours in range(count):
            until = end - hours * HOUR
            if until <= self._asked.window.start:
                return
            if until - HOUR >= self._asked.window.end or self._is_unknown(until):
                continue
            pattern = named or (before.uri if before else "")
            uri = named if named and not hours else expected_uri(pattern, until)
            told = "The digest of this hour is not there, though later ones are: it was deleted."
            if named is None:
                told = "No digest of this hour is there: it was deleted, or logging was off."
            if hours == 0 and named and before is None:
                told = "Its successor names this digest, but it is not there: it was deleted."
            span = Span(max(until - HOUR, min(first, until - 1)), until)
            yield self._finding(Kind.DIGEST_MISSING, uri, told, span)

    def _compared(self, previous: Link, link: Link, before: _Node | None) -> Iterator[Finding]:
        """Yield where a digest does not agree with the predecessor that it names."""
        said = link.previous
        if said is None:
            return
        span = Span(previous.start, previous.end)
        if said.sha256 is not None and said.sha256 != previous.sha256:
            told = f"Its content is not what its successor recorded: {link.uri} has another hash."
            yield self._finding(Kind.DIGEST_INVALID_HASH, previous.uri, told, span)
        if previous.vouches:
            if previous.signature is not None and previous.signature != said.signature:
                told = f"It names another signature than that of its predecessor {previous.uri}."
                yield self._mismatch(link, told)
        elif _has_no_fault(previous) and previous.uri not in self._vouched:
            told = "It is not what AWS signed: its successor recorded another signature."
            yield self._finding(Kind.DIGEST_INVALID_SIGNATURE, previous.uri, told, span)
        if self._stream.backfill:
            return
        if previous.end != link.start:
            told = f"It does not begin when its predecessor {previous.uri} ends."
            yield self._mismatch(link, told)
        elif before is not None and before.uri != previous.uri and before.end > previous.end:
            told = f"{before.uri} lies between it and the predecessor that it names."
            yield self._mismatch(link, told)

    def _gap(self, before: _Node, link: Link) -> Finding:
        told = (
            "The chain of digests begins anew here: logging or validation was off before, "
            "or digests were deleted. Nothing vouches for what was delivered in between."
        )
        known = [span.end for span in self._asked.unknown if span.end <= link.start]
        span = Span(min(max(before.end, *known, before.end), link.start), link.start)
        return self._finding(Kind.CHAIN_GAP, link.uri, told, span)

    def _overdue(self, newest: _Node) -> Iterator[Finding]:
        """Yield one finding for all the hours after the newest digest, if there are any."""
        asked = self._asked
        until = min(asked.now - GRACE, asked.window.end + HOUR - 1)
        if asked.logging_until is not None:
            until = min(until, asked.logging_until)
        count = (until - newest.end) // HOUR
        unknown = (span for span in asked.unknown if span.start <= until and newest.end < span.end)
        if count < 1 or any(unknown):
            return
        span = Span(newest.end, newest.end + count * HOUR)
        what = "The digest after" if count == 1 else f"{count:,} digests after"
        told = (
            f"{what} {newest.uri} should have been delivered by now. "
            "Logging or validation was stopped, delivery fails, or they were deleted."
        )
        uri = expected_uri(newest.uri, newest.end + HOUR)
        yield self._finding(Kind.DIGEST_OVERDUE, uri, told, span)

    def _is_unknown(self, end: int) -> bool:
        return any(span.start <= end < span.end for span in self._asked.unknown)

    def _mismatch(self, link: Link, told: str) -> Finding:
        return self._finding(Kind.CHAIN_MISMATCH, link.uri, told, Span(link.start, link.end))

    def _finding(self, kind: Kind, uri: str, detail: str, span: Span) -> Finding:
        stream = self._stream
        return Finding(kind, uri, detail, stream.account, stream.region, *span, trail=stream.trail)


def _vouched(links: Sequence[Link]) -> set[str]:
    """Return the digests that do not prove themselves and whose successors vouch for them.

    A successor recorded the signature, which proves its content whatever the successor is; and the
    hash, which proves it if the successor is trusted. Latest first, as that trust goes on back.
    """
    by_home: dict[str, list[Link]] = {}
    for link in links:
        by_home.setdefault(link.home, []).append(link)
    found: set[str] = set()
    for link in sorted(links, key=lambda link: (link.end, link.start), reverse=True):
        said = link.previous
        if said is None:
            continue
        trusted = link.vouches or link.uri in found
        for before in by_home.get(said.uri, ()):
            recorded = trusted and said.sha256 == before.sha256
            if not before.vouches and (recorded or _is_signed(before, said.signature)):
                found.add(before.uri)
    return found


def _is_signed(link: Link, signature: str) -> bool:
    if link.unproven is None:
        return False
    try:
        check(link.unproven.signed, signature, link.unproven.key)
    except (NotSigned, NoKey):
        return False
    return True


def _has_no_fault(link: Link) -> bool:
    """Return whether all that a digest lacks is a signature of its own."""
    return link.unproven is not None and link.unproven.problem is None
