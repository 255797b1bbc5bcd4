"""The text of a file that users write by hand: what of it can be read, and why not.

What it means is known to those that read it.
"""

from __future__ import annotations

import stat
from pathlib import Path


def text_of(path: Path) -> str:
    """Return what the file says, nothing where there is none; raises ValueError with the reason.

    The byte order mark that some editors of Windows write is no part of it. A named pipe is not
    opened: whoever reads one waits for somebody to write.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISREG(kind) or stat.S_ISCHR(kind):  # /dev/null says nothing
            return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError as error:
        raise ValueError(f"it is no text in UTF-8, from byte {error.start:,} on") from error
    except OSError as error:
        raise ValueError(error.strerror) from error
    raise ValueError("it is a folder" if stat.S_ISDIR(kind) else "it is no ordinary file")
