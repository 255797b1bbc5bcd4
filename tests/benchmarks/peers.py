"""Other programs' way from log files to something that can be asked; each in its own process.

Each is run as its users would run it well: types written by hand, no keys or indexes, and as many
threads as it has use for. None of them recognises an event that was delivered twice.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.benchmarks.data import log_files
from tests.benchmarks.measure import MissingError

_ISSUER = (
    "STRUCT(type VARCHAR, principalId VARCHAR, arn VARCHAR, accountId VARCHAR, userName VARCHAR)"
)
_CONTEXT = (
    f"STRUCT(sessionIssuer {_ISSUER}, "
    "attributes STRUCT(creationDate VARCHAR, mfaAuthenticated VARCHAR))"
)
_IDENTITY = (
    "STRUCT(type VARCHAR, principalId VARCHAR, arn VARCHAR, accountId VARCHAR, "
    f"accessKeyId VARCHAR, userName VARCHAR, invokedBy VARCHAR, sessionContext {_CONTEXT})"
)
_RECORD = (
    "STRUCT(eventTime TIMESTAMP, eventSource VARCHAR, eventName VARCHAR, awsRegion VARCHAR, "
    "sourceIPAddress VARCHAR, userAgent VARCHAR, errorCode VARCHAR, errorMessage VARCHAR, "
    "eventID VARCHAR, eventType VARCHAR, eventCategory VARCHAR, recipientAccountId VARCHAR, "
    "vpcEndpointId VARCHAR, readOnly BOOLEAN, managementEvent BOOLEAN, "
    f"userIdentity {_IDENTITY}, "
    "resources STRUCT(ARN VARCHAR, accountId VARCHAR, type VARCHAR)[], requestParameters JSON)"
)
_LARGEST = 64 << 20
"""Bytes of JSON in one file, at most; DuckDB needs to be told, and is not slower for it."""
_JQ = "find \"$1\" -name '*.json.gz' -print0 | xargs -0 zcat | jq -c '.Records[]' > /dev/null"


def duckdb(folder: Path, database: Path) -> int:
    """Read the fields ingest needs into a DuckDB table; return how many records it has."""
    try:
        import duckdb as engine
    except ImportError as error:
        raise MissingError("duckdb is not installed") from error
    with engine.connect(str(database), config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            "CREATE TABLE record AS SELECT unnest(Records, max_depth := 2) FROM read_json("
            f"?, columns = {{Records: '{_RECORD}[]'}}, format = 'unstructured', "
            f"compression = 'gzip', maximum_object_size = {_LARGEST})",
            [str(folder / "**" / "*.json.gz")],
        )
        (count,) = connection.execute("SELECT count(*) FROM record").fetchone() or (0,)
    return int(count)


def jq(folder: Path) -> None:
    """Print every record on a line of its own, to nowhere."""
    for program in ("jq", "zcat", "xargs"):
        if shutil.which(program) is None:
            raise MissingError(f"{program} is not installed")
    subprocess.run(["sh", "-c", f"set -e; {_JQ}", "sh", str(folder)], check=True)


def sqlite_utils(folder: Path, database: Path, most: int) -> int:
    """Insert some records with sqlite-utils, nested values as JSON; return how many."""
    from sqlite_utils import Database

    table = Database(database).table("record")
    table.insert_all(islice(_records(folder), most), alter=True, batch_size=1000)
    count: int = table.count
    return count


def _records(folder: Path) -> Iterator[dict[str, object]]:
    import orjson
    from isal import isal_zlib

    for path in log_files(folder):
        yield from orjson.loads(isal_zlib.decompress(path.read_bytes(), 31))["Records"]
