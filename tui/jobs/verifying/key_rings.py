"""The public keys of regions: those that are kept, and those that AWS tells when one lacks.

Owns that AWS is asked at most once for a region and span, however many digests lack a key.
"""

from __future__ import annotations

from threading import Lock

from tui.domain.answer import Span
from tui.domain.evidence import Evidence
from tui.errors import SourceError
from tui.integrity import signature
from tui.jobs.verifying.ledger import Ledger

_NO_KEYS = (
    "The public keys of {region} were not saved with the copies. Save them beside: aws cloudtrail "
    "list-public-keys --region {region} --start-time FIRST --end-time LAST > public-keys-{region}"
    ".json, or verify once with AWS and this cache."
)


class KeyRings:
    """Keys by region; may be asked from any thread."""

    def __init__(self, evidence: Evidence, ledger: Ledger, span: Span) -> None:
        self._evidence = evidence
        self._ledger = ledger
        self._span = span
        self._lock = Lock()
        self._rings: dict[str, signature.KeyRing] = {}
        self._asked: set[tuple[str, Span]] = set()

    def ring(self, region: str) -> signature.KeyRing:
        """Return the keys of a region that are known."""
        with self._lock:
            return self._ring(region)

    def wider(self, region: str, span: Span | None = None) -> signature.KeyRing | None:
        """Return the ring after asking for more keys, or None when that was asked already.

        Raises SourceError.
        """
        asked = (region, span or self._span)
        with self._lock:
            if asked in self._asked:
                return None if span else self._ring(region)
            self._asked.add(asked)
            try:
                self._ledger.keep_keys(self._evidence.keys(*asked))
            except OSError as error:
                raise SourceError(f"The public keys of {region} cannot be had: {error}.") from error
            self._rings.pop(region, None)
            if self._evidence.copies and not self._ledger.keys(region):
                raise SourceError(_NO_KEYS.format(region=region))
            return self._ring(region)

    def _ring(self, region: str) -> signature.KeyRing:
        if region not in self._rings:
            keys = [signature.PublicKey(*each[1:]) for each in self._ledger.keys(region)]
            self._rings[region] = signature.KeyRing(region, keys)
        return self._rings[region]
