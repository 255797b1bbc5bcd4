"""What vouches for one event: from its log file to the digest that names it, and to the key."""

from __future__ import annotations

from tui.domain.integrity import Voucher
from tui.storage import marks
from tui.storage.cache import Connection


def voucher(connection: Connection, number: int) -> Voucher | None:
    """Return what speaks for or against an event; None where nothing was verified yet."""
    found = marks.evidence(connection, number)
    if found is None or found.digest is None:
        return found.voucher if found else None
    from tui.integrity.digest import Delivered, NoDigest, read

    place = found.voucher.digest or ""
    try:
        named = read(Delivered(place, found.digest, None)).fingerprint
    except NoDigest:
        return found.voucher
    return found.voucher._replace(fingerprint=named)
