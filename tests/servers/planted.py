"""An account with event history and a bucket of log files, of which every event is known."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from isal import igzip
from moto.s3.models import s3_backends

from tests.servers.aws import LoopbackAws
from tests.servers.history import ACCOUNT
from tui.domain.coverage import Scope
from tui.sources.aws.keys import Folder, Kind

BUCKET = "planted-logs"
LOCATION = f"s3://{BUCKET}"
MINUTE = 60_000
_DELIVERED_WITHIN = 12 * MINUTE
_PARTITION = "aws"


@dataclass
class Planted:
    """What stands where: for each scope, event ids and their times in ms since 1970 UTC."""

    now: int
    events: dict[Scope, dict[str, int]] = field(default_factory=dict)

    def ids(self) -> set[str]:
        """Return every event."""
        return {each for events in self.events.values() for each in events}


def planted(
    aws: LoopbackAws,
    regions: tuple[str, ...],
    now: int,
    *,
    history: int,
    files: int,
    hours: int,
    seed: int = 1,
) -> Planted:
    """Fill an AWS with so many history events and log files for each region.

    The last events lie half an hour back. One log file in four holds an event of the history too.
    """
    chance = random.Random(seed)
    result = Planted(now)
    store = s3_backends[ACCOUNT][_PARTITION]
    store.create_bucket(BUCKET, "us-east-1")
    for region in regions:
        times = sorted(_times(chance, now, hours, history))
        records = [_record(chance, region, ms) for ms in times]
        aws.cloudtrail.plant(records)
        result.events[Scope("history", ACCOUNT, region, "management")] = _known(records)
        logged: list[dict[str, object]] = []
        folder = Folder("", None, ACCOUNT, Kind.EVENTS, region)
        for number, slot in enumerate(_times(chance, now, hours, files)):
            late = (slot - chance.randrange(_DELIVERED_WITHIN) for _ in range(chance.randrange(9)))
            held = [_record(chance, region, ms) for ms in late]
            logged += held
            again = [chance.choice(records)] if records and number % 4 == 0 else []
            key = folder.log_key(slot, f"{number:016}")
            store.put_object(BUCKET, key, log_file([*held, *again]))
        result.events[Scope("s3", ACCOUNT, region, "CloudTrail")] = _known(logged)
    return result


def log_file(records: list[dict[str, object]]) -> bytes:
    """Return a log file of these records."""
    return igzip.compress(json.dumps({"Records": records}).encode())


def _times(chance: random.Random, now: int, hours: int, number: int) -> Iterator[int]:
    latest = now - 30 * MINUTE
    for _ in range(number):
        yield (latest - chance.randrange(hours * 60 * MINUTE)) // 1000 * 1000


def _record(chance: random.Random, region: str, ms: int) -> dict[str, object]:
    number = chance.getrandbits(128)
    text = f"{number:032x}"
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": f"user-{number % 7}"},
        "eventTime": datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject" if number % 3 else "DeleteBucket",
        "awsRegion": region,
        "sourceIPAddress": f"203.0.113.{number % 5}",
        "requestParameters": {"bucketName": f"bucket-{number % 11}"},
        "eventID": f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}",
        "recipientAccountId": ACCOUNT,
    }


def _known(records: list[dict[str, object]]) -> dict[str, int]:
    return {
        str(each["eventID"]): int(datetime.fromisoformat(str(each["eventTime"])).timestamp() * 1000)
        for each in records
    }
