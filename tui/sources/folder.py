"""Local log files: single files, whole folders in any layout, and zip archives of them.

Owns finding and reading them; what is in them is `container` and `envelope`. Only regular files
are read; links to folders and names that promise no logs are passed over and counted.
"""

from __future__ import annotations

import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tui.domain.objects import LogObject
from tui.errors import InputError
from tui.sources.container import CAP

SOURCE = "local"
_ENDINGS = (".json", ".json.gz", ".gz", ".jsonl", ".jsonl.gz", ".ndjson", ".log", ".zip")
_SLOT = re.compile(r"_(\d{8}T\d{4,6}Z)")
"""The time in a log file's name (CloudTrail user guide, "log file names")."""
_MEMBER = "!/"
_ZIP_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(NotImplementedError, RuntimeError, EOFError, KeyError, ValueError, OverflowError),
)
"""What the standard library raises for archives that are damaged, encrypted or made up."""
_DAMAGED = "the archive is damaged or encrypted: {}"
_ARCHIVES = 16
"""Archives kept open: to open one is to read the names of all its members."""


_Age: TypeAlias = tuple[tuple[int, ...], str]
"""What files are sorted by: the less, the newer."""


class _Place(NamedTuple):
    """Where an object's bytes are: in a file, or in a member of an archive."""

    path: Path
    member: zipfile.ZipInfo | None = None
    problem: str = ""
    """Why it cannot even be looked at."""


class LocalFiles:
    """The log files under some paths; raises InputError for a path that cannot be looked at."""

    def __init__(self, paths: Sequence[Path], cap: int = CAP) -> None:
        for path in paths:
            _check(path)
        self._paths = paths
        self._cap = cap
        self._places: dict[str, _Place] = {}
        self._listed: set[str] = set()
        self._archive = lru_cache(_ARCHIVES)(zipfile.ZipFile)  # one that is dropped closes itself
        self.passed_over = 0
        """Things under the given folders that are no log files by their names or kinds."""

    def objects(self) -> Iterator[LogObject]:
        """Yield every log file, the newest by name first; raises InputError.

        Those of one archive come together, or each of many archives would be opened for each.
        """
        self.passed_over = 0
        self._listed.clear()
        self._archive.cache_clear()
        found = [item for path in self._paths for item in self._under(path.absolute())]
        ages = {item.uri: _newest_first(item) for item in found}
        newest: dict[Path, _Age] = {}
        for uri, age in ages.items():
            path = self._places[uri].path
            newest[path] = min(age, newest.get(path, age))
        unique = {item.uri: item for item in found}
        yield from sorted(
            unique.values(), key=lambda item: (newest[self._places[item.uri].path], ages[item.uri])
        )

    def listed(self) -> Collection[str]:
        """Return the URIs of the folders and archives whose content is known."""
        return self._listed

    def read(self, item: LogObject) -> bytes:
        """Return the bytes of an object that was listed; raises OSError."""
        place = self._places.get(item.uri)
        if place is None:
            raise FileNotFoundError(f"{item.uri} was not listed")
        if place.problem:
            raise OSError(place.problem)
        if item.size > self._cap:
            raise OSError(f"it holds more than {self._cap:,} bytes")
        if place.member is None:
            return place.path.read_bytes()
        return self._extracted(place.path, place.member)

    def _extracted(self, path: Path, member: zipfile.ZipInfo) -> bytes:
        try:
            with self._archive(path).open(member) as file:
                content = file.read(self._cap + 1)
        except _ZIP_ERRORS as error:
            raise OSError(_DAMAGED.format(error)) from error
        if len(content) > self._cap:
            raise OSError(f"it holds more than {self._cap:,} bytes")
        return content

    def _under(self, path: Path) -> Iterator[LogObject]:
        if not path.is_dir():
            yield from self._file(path)
            return
        refused: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=refused.append):
            self._listed.add(_uri(Path(folder)))
            self.passed_over += sum(Path(folder, name).is_symlink() for name in folders)
            for name in names:
                if name.lower().endswith(_ENDINGS):
                    yield from self._file(Path(folder, name))
                else:
                    self.passed_over += 1
        for error in refused:  # listed, so that it is counted and shown that they were not read
            problem = f"the folder cannot be listed: {error.strerror}"
            yield self._object(_Place(Path(error.filename), problem=problem), 0, None)

    def _file(self, path: Path) -> Iterator[LogObject]:
        try:
            state = path.stat()
        except OSError:  # a link to nowhere: listed, so that reading it says what is wrong
            yield self._object(_Place(path), 0, None)
            return
        if not stat.S_ISREG(state.st_mode):  # reading a pipe would wait for ever
            self.passed_over += 1
            return
        modified = state.st_mtime_ns // 1_000_000
        if path.suffix.lower() == ".zip":
            yield from self._members(path, state.st_size, modified)
        else:
            yield self._object(_Place(path), state.st_size, modified)

    def _members(self, path: Path, size: int, modified: int) -> Iterator[LogObject]:
        try:
            members = [each for each in self._archive(path).infolist() if not each.is_dir()]
        except _ZIP_ERRORS as error:
            place = _Place(path, problem=_DAMAGED.format(error))
            yield self._object(place, min(size, self._cap), modified)
            return
        except OSError:  # reading it says what is wrong
            yield self._object(_Place(path), min(size, self._cap), modified)
            return
        self._listed.add(_uri(path))
        met: Counter[str] = Counter()
        for member in members:
            if member.filename.lower().endswith(_ENDINGS[:-1]):
                met[member.filename] += 1
                yield self._object(
                    _Place(path, member), member.file_size, modified, met[member.filename]
                )
            else:
                self.passed_over += 1

    def _object(self, place: _Place, size: int, modified: int | None, number: int = 1) -> LogObject:
        """Return what stands there; `number` tells members of an archive with one name apart."""
        member = f"{_MEMBER}{place.member.filename}" if place.member else ""
        uri = _uri(place.path, member + (f" ({number})" if number > 1 else ""))
        self._places[uri] = place
        return LogObject(uri, SOURCE, size, modified)


def _check(path: Path) -> None:
    try:
        path.stat()
    except FileNotFoundError as error:
        raise InputError(
            f"{path} does not exist. Name a log file, a folder of them, or a zip archive."
        ) from error
    except OSError as error:
        raise InputError(
            f"{path} cannot be looked at: {error.strerror}. Check it and its permissions."
        ) from error


def _uri(path: Path, member: str = "") -> str:
    """Return how the cache calls a file; its name may be any bytes."""
    return f"file://{path}{member}".encode("utf-8", "backslashreplace").decode()


def _newest_first(item: LogObject) -> _Age:
    stamps = _SLOT.findall(item.uri)
    return tuple(-ord(c) for c in (stamps[-1] if stamps else "")) or (0,), item.uri
