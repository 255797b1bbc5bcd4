"""Records that were needed and could not be had, counted, so that no answer hides them."""

from __future__ import annotations

from dataclasses import dataclass

from tui.errors import RecordMissing


@dataclass(slots=True)
class Lost:
    """How many records could not be had, and why the first of them."""

    count: int = 0
    why: str = ""

    def note(self, missing: RecordMissing) -> None:
        """Count one."""
        self.count += 1
        self.why = self.why or str(missing)

    def sentence(self) -> str:
        """Return `3 records could not be had: WHY`, or nothing when nothing was lost."""
        if not self.count:
            return ""
        noun = "record" if self.count == 1 else "records"
        return f"{self.count:,} {noun} could not be had. {self.why}"
