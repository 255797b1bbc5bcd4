"""GUIDs as CloudTrail writes them: 36 lower-case characters with hyphens (RFC 9562)."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def guid_bytes(text: str) -> bytes | None:
    """Return the 16 bytes of a GUID that `guid_text` gives back letter for letter, else None."""
    return bytes.fromhex(text.replace("-", "")) if _SHAPE.fullmatch(text) else None


def guid_text(data: bytes) -> str:
    """Return 16 bytes as a GUID."""
    digits = data.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
