"""The log files everything is measured on: simulated once, kept, and described independently.

What they hold is found out with the standard library's gzip and a full parse of every record, so
that a result can be checked against something that is not ours.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from tests.benchmarks.table import Report, Table

SEED = 7
DAYS = 30.0
UNTIL = 1_782_820_800_000
"""2026-06-30T12:00:00Z in ms since 1970 UTC: fixed, so that the files are the same every time."""
PROCESSES = 2
KEPT_IN = "trailhound-benchmarks"
_LOGS, _CONTENTS = "logs", "contents.json"
_SIMULATION = Path(__file__).parents[2] / "tui" / "simulation"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files hold."""

    files: int
    delivered: int
    """Bytes as delivered."""
    text: int
    """Bytes of JSON."""
    records: int
    distinct: int
    """Records, each counted once however often it was delivered."""
    ids: str
    """SHA-256 over the sorted account and id of the distinct ones, as `digest` makes it."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder of log files, and what is in it."""

    folder: Path
    contents: Contents

    def paths(self) -> list[Path]:
        """Return every log file."""
        return log_files(self.folder)


def dataset(events: int) -> Dataset:
    """Return the files of so many ordinary events, made now unless they were before."""
    home = Path(gettempdir(), KEPT_IN, f"{events}-{DAYS:g}-{SEED}-{_simulation_version()}")
    if not home.exists():
        _make(home, events)
    known = (home / _CONTENTS).read_text(encoding="ascii")
    return Dataset(home / _LOGS, Contents(**json.loads(known)))


def log_files(folder: Path) -> list[Path]:
    """Return every log file below a folder."""
    return sorted(folder.rglob("*.json.gz"))


def digest(accounts_and_ids: set[str]) -> str:
    """Return one number for a set of events, each written `account id`."""
    return hashlib.sha256("\n".join(sorted(accounts_and_ids)).encode()).hexdigest()


def report(made: Dataset) -> Report:
    """Describe the files."""
    held = made.contents
    rows = [
        ("log files", f"{held.files:,}"),
        ("records", f"{held.records:,}"),
        ("distinct events", f"{held.distinct:,}"),
        ("size as delivered", f"{held.delivered / 1e6:,.1f} MB"),
        ("size of the JSON", f"{held.text / 1e6:,.1f} MB"),
        ("mean record", f"{held.text / held.records:,.0f} bytes"),
        ("mean file", f"{held.records / held.files:,.0f} records"),
    ]
    return Report((Table("Log files", ("what", "how much"), rows, (str(made.folder),)),))


def _simulation_version() -> str:
    """Return a name for what the simulation would write, so that its changes show."""
    found = hashlib.sha256()
    for path in sorted(_SIMULATION.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _make(home: Path, events: int) -> None:
    """Make everything beside its place and then move it there: others may be making the same."""
    from tui.simulation.scale import Size, write_bucket

    sys.stderr.write(f"Simulating {events:,} events ...\n")
    home.parent.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=home.parent) as folder:
        made = Path(folder, "made")
        write_bucket(Size(SEED, UNTIL, DAYS, events), made / _LOGS, PROCESSES, lambda _: None)
        contents = json.dumps(asdict(_described(made / _LOGS)))
        (made / _CONTENTS).write_text(contents, encoding="ascii")
        try:
            made.rename(home)
        except OSError:
            if not home.exists():
                raise


def _described(folder: Path) -> Contents:
    import orjson

    files = log_files(folder)
    delivered = text = records = 0
    events: set[str] = set()
    for path in files:
        content = path.read_bytes()
        plain = gzip.decompress(content)
        found = orjson.loads(plain)["Records"]
        delivered += len(content)
        text += len(plain)
        records += len(found)
        events.update(_account_and_id(record) for record in found)
    return Contents(len(files), delivered, text, records, len(events), digest(events))


def _account_and_id(record: dict[str, str]) -> str:
    """Return what makes a record one event; aggregated events spell both names otherwise."""
    account = record.get("recipientAccountId") or record["accountId"]
    return f"{account} {record.get('eventID') or record['eventId']}"


if __name__ == "__main__":
    from tests.benchmarks.command import show

    show(lambda setup: report(setup.made))
