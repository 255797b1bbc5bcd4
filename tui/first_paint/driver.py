"""How Textual goes on where something is drawn already: it does not clear the screen first."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

from tui.first_paint.stage import ENTER, Stage


def continuing(stage: Stage) -> type[LinuxDriver]:
    """Return a driver that takes the terminal over as it is, once."""

    class Continuing(LinuxDriver):
        def write(self, data: str) -> None:
            if not (data == ENTER and stage.hand_over()):
                super().write(data)

    return Continuing
