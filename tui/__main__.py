"""The command `trailhound`, and `python -m tui`; imports nothing before it knows what is asked."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from tui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
