"""The digests of one account and region: listed, fetched, judged, followed.

Owns which digests matter to a range of deliveries, and that what is kept is not fetched again;
it is judged again all the same, which takes less than a tenth of a millisecond. Fetching and
judging run in the threads of a pool, each digest by itself; the chain is followed at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.deriving.times import event_time
from tui.domain.answer import Span
from tui.domain.digests import DigestFile, SavedDigest
from tui.domain.evidence import Holding, Listed, ListedDigest
from tui.domain.integrity import HOUR, DigestVerdict, Finding, Kind, Stream
from tui.domain.verifying import Tally
from tui.integrity import chain
from tui.integrity.digest import NoDigest, read
from tui.integrity.judge import Judged, Link, judge
from tui.jobs.verifying.judged import OF_A_DIGEST, Known, by_itself, delivered, saved, told
from tui.jobs.verifying.key_rings import KeyRings
from tui.jobs.verifying.means import Means

DAY = 24 * HOUR
_TOGETHER = 500
"""Digests in one transaction."""


class Trusted(NamedTuple):
    """A digest whose content is what AWS signed."""

    listed: ListedDigest
    span: Span
    logs: int
    """How many log files it names."""


@dataclass(slots=True)
class Digests:
    """What the digests of a holding tell."""

    tally: Tally = field(default_factory=Tally)
    findings: dict[Stream, list[Finding]] = field(default_factory=dict)
    """Of the streams that were asked for."""
    trusted: dict[Stream, list[Trusted]] = field(default_factory=dict)
    """Of all streams in the folder, earliest first: any of them may name a log file."""
    listed: list[ListedDigest] = field(default_factory=list)
    covered: list[Span] = field(default_factory=list)
    """Hours of the streams that were asked for."""
    others: list[Span] = field(default_factory=list)
    """Hours of the other streams in the folder."""
    problems: list[str] = field(default_factory=list)
    fetched: int = 0
    elsewhere: int = 0
    """Streams that an earlier target of the run answers for."""
    unknown: list[Span] = field(default_factory=list)
    """Times whose digests could not be listed, not all of them at least."""
    there: set[str] = field(default_factory=set)
    """The places of all digests that were come upon, of whatever stream."""


class DigestCheck:
    """Checks the digests of one holding."""

    def __init__(self, means: Means, rings: KeyRings) -> None:
        self._means = means
        self._rings = rings

    def check(self, holding: Holding, others: Sequence[Holding] = ()) -> Digests:
        """Return what the digests tell; raises SourceError, CacheError, Cancelled.

        The others hold digests of the same account and region too: a trail's prefix may change.
        """
        window = self._means.wanted.window
        span = Span(max(0, window.start - DAY), window.end + 2 * HOUR)
        result = Digests()
        listed = self._means.evidence.digests(holding, span)
        result.problems += listed.problems
        besides = [self._means.evidence.digests(one, span) for one in others]
        for each in (listed, *besides):
            _come_upon(each, result)
        by_stream: dict[Stream, list[ListedDigest]] = {}
        for digest in listed.digests:
            by_stream.setdefault(digest.stream, []).append(digest)
        beside = [digest for each in besides for digest in each.digests]
        for stream, digests in by_stream.items():
            elsewhere = [each for each in beside if each.stream == stream]
            self._stream(stream, digests, elsewhere, span, result)
        return result

    def _stream(
        self,
        stream: Stream,
        listed: list[ListedDigest],
        elsewhere: list[ListedDigest],
        span: Span,
        result: Digests,
    ) -> None:
        known = self._judged(stream, listed, result)
        for more in self._before([*listed, *elsewhere], known, span, result):
            listed += more
            known |= self._judged(stream, more, result)
        links = [each.link for each in known.values() if each.link is not None]
        later = self._later(listed, links)
        witnesses = [each.link for each in later if each.link is not None]
        asked = self._asked(listed, result)
        there, away = (
            [chain.Listed(one.uri, one.end) for one in some] for some in (listed, elsewhere)
        )
        followed = chain.follow(stream, there, links, asked, witnesses, away, result.there)
        found = {each.uri: each for each in listed}
        found |= {
            each.file.uri: found[each.file.uri]._replace(version=each.file.version)
            for each in (*known.values(), *later)
        }
        result.trusted[stream] = sorted(
            _trusted(known.values(), found, followed), key=lambda each: each.span
        )
        result.listed += found.values()
        if not self._means.asks_for(stream):
            result.elsewhere += self._means.is_done(stream)
            result.others += () if stream.backfill else followed.covered
            return
        findings = [told(each, followed) for one in known.values() for each in one.findings]
        findings += followed.findings
        result.findings[stream] = findings
        if not stream.backfill:
            result.covered += followed.covered
        self._count(known, followed, findings, result)
        trusted = {each.listed.uri for each in result.trusted[stream]}
        self._means.ledger.judge(
            saved(each, found[uri], findings, trusted=uri in trusted) for uri, each in known.items()
        )

    def _asked(self, listed: list[ListedDigest], result: Digests) -> chain.Asked:
        now = self._means.wanted.now
        if self._means.evidence.copies:  # they are of the past: nothing new is expected among them
            now = max((each.end for each in listed), default=now)
        return chain.Asked(self._means.wanted.window, now, unknown=tuple(result.unknown))

    def _concerns(self, listed: ListedDigest) -> bool:
        """Return whether a digest covers any of the time; logs delivered last are in the next."""
        window = self._means.wanted.window
        return listed.end > window.start and listed.end - HOUR < window.end

    def _judged(
        self, stream: Stream, listed: list[ListedDigest], result: Digests
    ) -> dict[str, Known]:
        """Fetch what is not kept, judge all of it, keep what is new."""
        kept = set() if self._means.wanted.full else self._means.ledger.versions(stream)
        concerned = [each for each in listed if self._concerns(each)]
        found: dict[str, Known] = {}
        fresh: list[SavedDigest] = []
        gone: list[ListedDigest] = []
        jobs = self._means.pool.map(lambda each: self._one(each, kept), concerned)
        for each, known in zip(concerned, jobs, strict=True):
            self._means.step(1)
            if known is None:
                gone.append(each)
            elif isinstance(known, str):
                result.problems.append(known)
                result.tally.unread += self._means.asks_for(stream)
            else:
                found[each.uri] = known
                if (each.uri, known.file.version) not in kept:
                    fresh.append(by_itself(known, each))
                    result.fetched += 1
            if len(fresh) == _TOGETHER:
                self._means.ledger.keep(fresh)
                fresh.clear()
        self._means.ledger.keep(fresh)
        for each in gone:
            listed.remove(each)
        return found

    def _later(self, listed: list[ListedDigest], links: list[Link]) -> list[Known]:
        """Return the digest after the last one that was asked for, if that does not prove itself.

        It is kept, as it takes it to judge the other one again, and not judged itself.
        """
        last = max(links, key=lambda link: link.end, default=None)
        if last is None or last.vouches:
            return []
        after = (each for each in listed if each.end > last.end and not self._concerns(each))
        later = min(after, key=lambda each: each.end, default=None)
        if later is None:
            return []
        known = self._one(later, self._means.ledger.versions(later.stream))
        if not isinstance(known, Known):
            return []  # then nothing vouches, and nobody asked for it
        self._means.ledger.keep([by_itself(known, later)])
        return [known]

    def _one(self, listed: ListedDigest, kept: set[tuple[str, str]]) -> Known | str | None:
        """Return a digest judged, why it cannot be read, or None if it is gone."""
        file: DigestFile | None = None
        if (listed.uri, listed.version) in kept:
            file = self._means.ledger.file(listed.uri, listed.version)
        try:
            file = file or self._means.evidence.digest(listed)
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"{listed.uri} could not be read: {error}."
        file = self._with_metadata(file)
        judged = self._judge(file, listed)
        logs = len(judged.digest.logs) if judged.digest else 0
        return Known(file, judged.link, judged.verdict, judged.findings, logs)

    def _judge(self, file: DigestFile, listed: ListedDigest) -> Judged:
        """Judge a digest; where its key is not known, ask for it first."""
        given = delivered(file)
        stream = listed.stream
        judged = judge(given, stream, listed.end, self._rings.ring(stream.region))
        spans: list[Span | None] = [None]
        if stream.backfill:  # signed when it was made, which may be much later
            made = event_time(given.metadata and given.metadata.generated) or listed.end
            spans.append(Span(made - HOUR, made + HOUR))
        for span in spans:
            if not _lacks_key(judged):
                break
            ring = self._rings.wider(stream.region, span)
            if ring is not None:
                judged = judge(given, stream, listed.end, ring)
        return judged

    def _with_metadata(self, file: DigestFile) -> DigestFile:
        """Return a copy that lost its metadata with that of the same file when it was fetched."""
        if file.metadata or not self._means.evidence.copies:
            return file
        try:
            home = read(delivered(file)).home
        except NoDigest:
            return file
        kept = self._means.ledger.versions_of(home)
        return next(
            (file._replace(metadata=each.metadata) for each in kept if each.body == file.body), file
        )

    def _before(
        self,
        listed: list[ListedDigest],
        known: dict[str, Known],
        span: Span,
        result: Digests,
    ) -> Iterator[list[ListedDigest]]:
        """Yield the digests of other folders in which predecessors are said to lie."""
        looked = {_folder(each.uri) for each in listed}
        while True:
            named = (each.link.previous for each in known.values() if each.link)
            others = [each for each in named if each and _folder(each.uri) not in looked]
            if not others:
                return
            looked.add(_folder(others[0].uri))
            more = self._means.evidence.beside(others[0].uri, span)
            result.problems += more.problems
            _come_upon(more, result)
            stream = next(iter(listed)).stream
            yield [each for each in more.digests if each.stream == stream]

    def _count(
        self,
        known: Mapping[str, Known],
        followed: chain.Followed,
        findings: list[Finding],
        result: Digests,
    ) -> None:
        wrong = {each.object for each in findings if each.kind in OF_A_DIGEST}
        for each in known.values():
            unsigned = each.verdict is DigestVerdict.UNSIGNED
            if each.file.uri in wrong:
                result.tally.invalid += 1
            elif unsigned and each.file.uri not in followed.vouched:
                result.tally.unread += 1
                result.problems.append(
                    f"{each.file.uri} could not be verified: its signature was not saved with it."
                )
            else:
                result.tally.valid += 1
        result.tally.missing += sum(each.kind is Kind.DIGEST_MISSING for each in findings)


def _trusted(
    known: Iterable[Known], found: Mapping[str, ListedDigest], followed: chain.Followed
) -> Iterator[Trusted]:
    """Yield the digests whose content is what AWS signed."""
    for each in known:
        if each.link and (each.link.vouches or each.link.uri in followed.vouched):
            yield Trusted(found[each.file.uri], Span(each.link.start, each.link.end), each.logs)


def _come_upon(listed: Listed, result: Digests) -> None:
    result.unknown += listed.unknown
    result.there |= {each.uri for each in listed.digests}


def _folder(uri: str) -> str:
    """Return where a digest lies, without the folders of its day."""
    return uri.rsplit("/", 4)[0]


def _lacks_key(judged: Judged) -> bool:
    return any(each.kind is Kind.DIGEST_KEY_NOT_FOUND for each in judged.findings)
