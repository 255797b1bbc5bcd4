"""Containers that divide the room they get among what they hold, and never scroll.

Textual's own are drawn once more, with all they hold, after each change of their size: the change
itself drew that already. Nothing of them is seen that depends on how large their content is.
"""

from __future__ import annotations

from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.reactive import Reactive


class Beside(Horizontal):
    """What it holds stands side by side."""

    virtual_size = Reactive(Size(0, 0), repaint=False)


class Stacked(Vertical):
    """What it holds stands one below the other."""

    virtual_size = Reactive(Size(0, 0), repaint=False)
