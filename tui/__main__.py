"""The command `trailhound`, and `python -m tui`; imports nothing before it knows what is asked."""

from __future__ import annotations

import gc
import sys

_YOUNG = 100_000
"""New objects before the collector looks through them. Almost all that a start makes is kept, so
the usual two thousand cost a tenth of it for nothing."""


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_YOUNG)
    from tui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
