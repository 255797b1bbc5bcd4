"""Local log files: single files, whole folders in any layout, and zip archives of them.

Owns finding and reading them; what is in them is `container` and `envelope`. Only regular files
are read, links to folders are not followed, names that promise no logs are passed over and counted.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tui.domain.objects import LogObject
from tui.errors import InputError
from tui.sources.container import CAP

SOURCE = "local"
_ENDINGS = (".json", ".json.gz", ".gz", ".jsonl", ".jsonl.gz", ".ndjson", ".log", ".zip")
_SLOT = re.compile(r"_(\d{8}T\d{4,6}Z)")
"""The time in a log file's name (CloudTrail user guide, "log file names")."""
_MEMBER = "!/"


class LocalFiles:
    """The log files under some paths; raises InputError for a path that does not exist."""

    def __init__(self, paths: Sequence[Path], cap: int = CAP) -> None:
        for path in paths:
            if not path.exists():
                raise InputError(
                    f"{path} does not exist. Name a log file, a folder of them, or a zip archive."
                )
        self._paths = paths
        self._cap = cap
        self.passed_over = 0
        """Files under the given folders whose names are not those of logs."""

    def objects(self) -> Iterator[LogObject]:
        """Yield every log file, the newest by name first."""
        self.passed_over = 0
        found = [item for path in self._paths for item in self._under(path.absolute())]
        unique = {item.uri: item for item in found}
        yield from sorted(unique.values(), key=_newest_first)

    def read(self, item: LogObject) -> bytes:
        """Return a file's bytes; raises OSError."""
        outer, _, member = item.uri.removeprefix("file://").partition(_MEMBER)
        if not member:
            return Path(outer).read_bytes()
        try:
            with zipfile.ZipFile(outer) as archive, archive.open(member) as file:
                content = file.read(self._cap + 1)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise OSError(f"the archive is damaged or encrypted: {error}") from error
        if len(content) > self._cap:
            raise OSError(f"it holds more than {self._cap:,} bytes")
        return content

    def _under(self, path: Path) -> Iterator[LogObject]:
        if not path.is_dir():
            yield from self._file(path)
            return
        for folder, _, names in os.walk(path, onerror=_refuse):
            for name in names:
                if name.lower().endswith(_ENDINGS):
                    yield from self._file(Path(folder, name))
                else:
                    self.passed_over += 1

    def _file(self, path: Path) -> Iterator[LogObject]:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):  # reading a pipe would wait for ever
            self.passed_over += 1
            return
        modified = state.st_mtime_ns // 1_000_000
        if path.suffix.lower() == ".zip":
            yield from self._members(path, modified)
        else:
            yield LogObject(f"file://{path}", SOURCE, state.st_size, modified)

    def _members(self, path: Path, modified: int) -> Iterator[LogObject]:
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.is_dir():
                        continue
                    if not member.filename.lower().endswith(_ENDINGS[:-1]):
                        self.passed_over += 1
                        continue
                    uri = f"file://{path}{_MEMBER}{member.filename}"
                    yield LogObject(uri, SOURCE, member.file_size, modified)
        except (zipfile.BadZipFile, OSError):
            # listed as a file, so that reading it says what is wrong with it
            yield LogObject(f"file://{path}{_MEMBER}", SOURCE, path.stat().st_size, modified)


def _newest_first(item: LogObject) -> tuple[tuple[int, ...], str]:
    stamps = _SLOT.findall(item.uri)
    return tuple(-ord(c) for c in (stamps[-1] if stamps else "")) or (0,), item.uri


def _refuse(error: OSError) -> None:
    raise InputError(
        f"The folder {error.filename} cannot be read: {error.strerror}. "
        "Check its permissions, or name the files you may read."
    ) from error
