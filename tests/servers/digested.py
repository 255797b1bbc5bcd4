"""A bucket whose digests cover two days of log files in two regions, and what can be done to it.

What AWS would have delivered is made once for each set of parameters; planting it is quick.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from isal import igzip
from moto.cloudtrail.models import cloudtrail_backends
from moto.s3.models import s3_backends

from tests.servers.aws import LoopbackAws
from tests.servers.history import ACCOUNT
from tests.servers.history import PublicKey as ListedKey
from tests.servers.planted import log_file
from tui.domain.digests import DigestFile, PublicKey
from tui.simulation.digests import Hour, Logged, Origin, Signer, chain
from tui.simulation.tokens import seeded, stamp, uuid4
from tui.sources.aws.keys import Folder, Kind

BUCKET = "digested-logs"
TRAIL = "main.trail_1"
_SECOND = timedelta(seconds=1)
"""How exactly S3 tells when an object was written."""
HOME = "us-east-1"
REGIONS = (HOME, "eu-west-1")
ARN = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{TRAIL}"
HOURS = 48
NOW = int(datetime(2026, 11, 20, 12, 34, 56, tzinfo=UTC).timestamp())
"""The end of the last digest, in seconds since 1970."""
SINCE = NOW - HOURS * 3_600
_PARTITION = "aws"


@dataclass
class Delivery:
    """What AWS delivered: objects with their metadata, by key, and the keys to verify them."""

    objects: dict[str, tuple[bytes, Mapping[str, str]]] = field(default_factory=dict)
    digests: dict[str, list[str]] = field(default_factory=dict)
    """Keys of digests by region, oldest first."""
    logs: dict[str, list[str]] = field(default_factory=dict)
    """Keys of log files by region, oldest first."""
    public: list[PublicKey] = field(default_factory=list)
    signers: dict[str, Signer] = field(default_factory=dict)


def origin(region: str, bucket: str = BUCKET, root: str = "AWSLogs/") -> Origin:
    """Return whose digests of a region they are."""
    return Origin(bucket, root, ACCOUNT, region, TRAIL, HOME)


@cache
def delivered(
    files: int = 1_040,
    hours: int = HOURS,
    regions: tuple[str, ...] = REGIONS,
    end: int = NOW,
    bucket: str = BUCKET,
    gap: int = 0,
) -> Delivery:
    """Return so many log files over so many hours before `end`, and their digests.

    With a gap, no digest covers that hour of each region, counted from the first, and the next one
    begins a chain.

    Do not change it: it is made once.
    """
    made = Delivery()
    per_hour = -(-files // (hours * len(regions)))
    for region in regions:
        signer = made.signers[region] = Signer(region, end - 10 * 86_400)
        made.public.append(signer.public())
        spans = [(end - back * 3_600, end - (back - 1) * 3_600) for back in range(hours, 0, -1)]
        covered = [
            Hour(*span, tuple(_logs(made, region, span, per_hour, bucket))) for span in spans
        ]
        if gap:
            covered[gap + 1] = covered[gap + 1]._replace(restart=True)
            del covered[gap]
        add(made, region, chain(origin(region, bucket), covered, signer))
    return made


def add(made: Delivery, region: str, files: Iterator[DigestFile]) -> None:
    """Add the digests of a region."""
    for file in files:
        key = file.uri.split("/", 3)[3]
        made.objects[key] = (file.body, file.metadata)
        made.digests.setdefault(region, []).append(key)


def log(made: Delivery, folder: Folder, slot: int, number: int, bucket: str = BUCKET) -> Logged:
    """Add a log file delivered at a second since 1970; return what its digest says of it."""
    rng = seeded("digested", folder.region, slot, number)
    key = folder.log_key(slot * 1000, f"{rng.getrandbits(64):016x}")
    record = _record(folder.region, slot - 120, uuid4(rng), number)
    body = log_file([record])
    made.objects[key] = (body, {})
    made.logs.setdefault(folder.region, []).append(key)
    time = str(record["eventTime"])
    return Logged(bucket, key, hashlib.sha256(gzip.decompress(body)).hexdigest(), time, time)


def _logs(
    made: Delivery, region: str, span: tuple[int, int], count: int, bucket: str
) -> Iterator[Logged]:
    folder = Folder("", None, ACCOUNT, Kind.EVENTS, region)
    for number in range(count):
        slot = span[0] + (span[1] - span[0]) * number // count // 60 * 60
        yield log(made, folder, slot, number, bucket)


def _record(region: str, second: int, identity: str, number: int) -> dict[str, object]:
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": f"user-{number % 7}"},
        "eventTime": stamp(second),
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": region,
        "sourceIPAddress": "203.0.113.7",
        "requestParameters": {"bucketName": f"bucket-{number % 11}"},
        "eventID": identity,
        "recipientAccountId": ACCOUNT,
    }


class Vault:
    """The planted bucket on moto, and ways to tamper with it."""

    def __init__(self, aws: LoopbackAws, made: Delivery, bucket: str = BUCKET) -> None:
        self.made = made
        self.bucket = bucket
        self._aws = aws
        self._store = s3_backends[ACCOUNT][_PARTITION]
        self._store.create_bucket(bucket, HOME)
        for key, (body, metadata) in made.objects.items():
            self.put(key, body, metadata)
        for each in made.public:
            listed = ListedKey(each.fingerprint, each.value, each.start // 1000, each.end // 1000)
            aws.cloudtrail.plant_key(listed, each.region)

    def trail(self, name: str = TRAIL, home: str = HOME, *, everywhere: bool = True) -> str:
        """Make a trail that delivers here, in all regions or its own; return its ARN."""
        made = cloudtrail_backends[ACCOUNT][home].create_trail(
            name,
            self.bucket,
            s3_key_prefix="",
            sns_topic_name="",
            is_global=True,
            is_multi_region=everywhere,
            log_validation=True,
            is_org_trail=False,
            cw_log_group_arn="",
            cw_role_arn="",
            kms_key_id="",
            tags_list=[],
        )
        return str(made.arn)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> None:
        """Write an object, later than it was written before; without metadata it has none."""
        headers = {f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()}
        before = self._store.buckets[self.bucket].keys.get(key)
        made = self._store.put_object(self.bucket, key, body)
        made.set_metadata(headers)
        if before:
            made.last_modified = max(made.last_modified, before.last_modified + _SECOND)

    def delete(self, key: str) -> None:
        """Delete an object."""
        self._store.delete_object(self.bucket, key)

    def body(self, key: str) -> bytes:
        """Return an object as delivered."""
        return self.made.objects[key][0]

    def metadata(self, key: str) -> dict[str, str]:
        """Return an object's metadata as delivered."""
        return dict(self.made.objects[key][1])

    def sign(self, key: str, change: Callable[[dict[str, object]], None], signer: Signer) -> None:
        """Change the JSON of a digest and sign it anew."""
        document = json.loads(gzip.decompress(self.body(key)))
        change(document)
        text = json.dumps(document).encode()
        previous = str(document["previousDigestSignature"] or "null")
        place = f"{document['digestS3Bucket']}/{document['digestS3Object']}"
        digest = hashlib.sha256(text).hexdigest()
        signed = "\n".join((str(document["digestEndTime"]), place, digest, previous))
        metadata = {**self.metadata(key), "signature": signer.sign(signed)}
        self.put(key, igzip.compress(text), metadata)

    def edit(self, key: str, change: Callable[[dict[str, object]], None]) -> None:
        """Change the JSON of an object and leave its metadata as it is."""
        document = json.loads(gzip.decompress(self.body(key)))
        change(document)
        self.put(key, igzip.compress(json.dumps(document).encode()), self.metadata(key))


def iso(second: int) -> str:
    """Return a time as commands take it."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).isoformat()
