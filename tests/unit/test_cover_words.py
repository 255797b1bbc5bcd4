from __future__ import annotations

import pytest

from tui.domain.answer import Span
from tui.keymap import Keys
from tui.screens.wording import cover

MIDNIGHT = 1_795_219_200_000
"""2026-11-21 00:00 UTC in ms."""


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ((MIDNIGHT - 2_000, MIDNIGHT - 1_000), "2026-11-20 23:59:58 – 23:59:59 UTC"),
        ((MIDNIGHT - 2_000, MIDNIGHT), "2026-11-20 23:59:58 – 2026-11-21 00:00:00 UTC"),
        ((MIDNIGHT, MIDNIGHT + 3_600_000), "2026-11-21 00:00 – 2026-11-21 01:00 UTC"),
    ],
)
def test_the_ends_of_a_range_can_be_told_apart(span: tuple[int, int], words: str) -> None:
    said = cover(None, Span(*span), 0, Keys({}))
    assert said.left.startswith(words)
