"""The command `trailhound`, and `python -m tui`; imports nothing before it knows what is asked."""

from __future__ import annotations

import gc
import sys

YOUNG = 1_000_000
"""New objects before the collector looks through them. A start makes some hundred thousand and
keeps almost all of them: to look through them is a tenth of it, for nothing."""


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(YOUNG)
    from tui.cli.main import run

    code = run(sys.argv[1:])
    from tui.cli.ending import leave

    leave(code)


if __name__ == "__main__":
    main()
