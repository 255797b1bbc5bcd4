"""How Textual takes the terminal, also where something is drawn already or it has it still."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

from tui.first_paint.stage import ENTER, Stage


class TerminalDriver(LinuxDriver):
    """Takes the terminal anew when it goes on, and gives it back as it was before the first time.

    Textual's own would take it twice where the program was not stopped, or not by the key
    (SIGSTOP): what it gives back in the end would be what it made of the terminal itself.
    """

    _away = False

    def suspend_application_mode(self) -> None:
        """Give the terminal back for a while."""
        super().suspend_application_mode()
        self._away = True

    def resume_application_mode(self) -> None:
        """Take the terminal, which is given back first if it never was."""
        if not self._away:
            self.suspend_application_mode()
            self._must_signal_resume = True  # whoever had the terminal may have drawn on it
        super().resume_application_mode()
        self._away = False


def continuing(stage: Stage) -> type[LinuxDriver]:
    """Return a driver that takes the terminal over as it is, once: it does not clear it first."""

    class Continuing(TerminalDriver):
        def write(self, data: str) -> None:
            if not (data == ENTER and stage.hand_over()):
                super().write(data)

    return Continuing
