# mypy: disable-error-code="import-untyped, misc"
"""Reads botocore's descriptions of services; owns nothing but how fast that is done.

The one of EC2 has 4 MB. botocore reads it with `json` into ordered dictionaries: 60 to 100 ms in
which no other thread runs, and 22,000 objects for the garbage collector to look through. Plain
dictionaries take a third of both.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import orjson
from botocore.loaders import JSONFileLoader, Loader, create_loader

_PLAIN: dict[str, Callable[[bytes], bytes]] = {".json": bytes, ".json.gz": gzip.decompress}
"""By what a description's name ends with, in botocore's order."""


class PlainFiles(JSONFileLoader):
    """Finds descriptions as botocore does, and reads them into plain dictionaries."""

    def load_file(self, file_path: str) -> object:
        """Return what the file of this path, given without its ending, says; None without one."""
        for ending, plain in _PLAIN.items():
            path = Path(file_path + ending)
            if path.is_file():
                return orjson.loads(plain(path.read_bytes()))
        return None


def loader(search_path: str | None) -> Loader:
    """Return botocore's loader for its own descriptions and those under its `data_path`."""
    made = create_loader(search_path)
    made.file_loader = PlainFiles()
    return made
