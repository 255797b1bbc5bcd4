from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from tui.domain.objects import LogObject
from tui.errors import Cancelled, CredentialsError, SourceError, UsageError
from tui.sources.aws import layout
from tui.sources.aws.bucket import BucketLogs, parse_location
from tui.sources.aws.download import OBJECTS_AHEAD, fetched
from tui.sources.aws.keys import DAY_MS, MINUTE_MS, Digest, Folder, Kind, day_of
from tui.sources.aws.layout import placed
from tui.sources.aws.listing import LATE, SLOT
from tui.sources.aws.s3 import USD_PER_REQUEST, ClientFactory
from tui.sources.aws.s3_problems import Asked, refusal
from tui.sources.aws.shapes import Client
from tui.sources.aws.trails import Trail

OWNER = "123456789012"
"""The account that moto takes unknown credentials for."""
ONE, TWO = "111122223333", "444455556666"
ORGANIZATION = "o-exampleorgid"
NOON = 1_700_049_600_000
"""2023-11-15 12:00 UTC."""
DAY = NOON - NOON % DAY_MS
HOUR = 60 * MINUTE_MS
ALL = (DAY - 30 * DAY_MS, DAY + 30 * DAY_MS)
BUSY = Folder("", None, ONE, Kind.EVENTS, "us-east-1")
PAGE = 1000


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    kept = dict(os.environ)
    os.environ.update(
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    yield f"http://{host}:{port}"
    os.environ.clear()
    os.environ.update(kept)
    server.stop()


@cache
def session() -> boto3.session.Session:
    """Return a session whose models are read only once."""
    return boto3.session.Session("testing", "testing", region_name="us-east-1")


class Clients:
    """A factory of real clients that remembers what they sent."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._lock = threading.Lock()
        self._clients: dict[str | None, Client] = {}
        self.regions: list[str | None] = []
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.refusals: dict[str, tuple[str, bytes]] = {}
        """Answers by operation: part of the URL it is for, and the body."""

    def __call__(self, region: str | None) -> Client:
        with self._lock:
            if region not in self._clients:
                self._clients[region] = self._made(region)
            return self._clients[region]

    def _made(self, region: str | None) -> Client:
        self.regions.append(region)
        config = Config(
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "total_max_attempts": 1},
            read_timeout=5,
            connect_timeout=2,
            max_pool_connections=32,
        )
        client = session().client(
            "s3", region_name=region, endpoint_url=self.endpoint, config=config
        )
        client.meta.events.register("before-send.s3", self._sending)
        client.meta.events.register("before-parameter-build.s3", self._asked)
        return cast("Client", client)

    def _asked(self, params: dict[str, str], model: object, **_: object) -> None:
        self.sent.append((str(getattr(model, "name", "")), dict(params)))

    def _sending(self, request: object, event_name: str, **_: object) -> AWSResponse | None:
        part, body = self.refusals.get(event_name.rpartition(".")[2], ("", b""))
        url = str(getattr(request, "url", ""))
        if not body or part not in url:
            return None
        response = AWSResponse(url, 403, {"content-type": "application/xml"}, None)
        response._content = body
        return response

    def refuse(self, operation: str, code: str, message: str = "No.", part: str = "") -> None:
        text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        self.refusals[operation] = (part, text.encode())

    def named(self, operation: str) -> list[dict[str, str]]:
        return [params for name, params in self.sent if name == operation]


@pytest.fixture
def clients(endpoint: str) -> Clients:
    return Clients(endpoint)


def planted(*keys: str, region: str = "us-east-1", body: bytes = b"{}") -> str:
    """Return a new bucket that holds the keys."""
    backend = s3_backends[OWNER]["aws"]
    name = f"logs-{uuid.uuid4()}"
    backend.create_bucket(name, region)
    for key in keys:
        backend.put_object(name, key, body)
    return name


def logs(
    client_for: ClientFactory, bucket: str, prefix: str = "", span: tuple[int, int] = ALL
) -> BucketLogs:
    return BucketLogs(client_for, f"s3://{bucket}/{prefix}", start=span[0], end=span[1])


def keys_of(source: BucketLogs) -> list[str]:
    return [item.uri.removeprefix(f"s3://{source.name}/") for item in source.objects()]


def layouts() -> list[Folder]:
    return [
        BUSY,
        Folder("", None, TWO, Kind.EVENTS, "eu-west-1"),
        Folder("", None, ONE, Kind.INSIGHTS, "us-east-1"),
        Folder("", None, ONE, Kind.NETWORK, "us-gov-west-1"),
        Folder("", None, ONE, Kind.AGGREGATED, "us-east-1"),
        Folder("", ORGANIZATION, ONE, Kind.EVENTS, "us-east-1"),
        Folder("", ORGANIZATION, TWO, Kind.EVENTS, "cn-north-1"),
        Folder(f"{ORGANIZATION}/", ORGANIZATION, TWO, Kind.EVENTS, "us-east-1"),
        Folder("team/audit/", None, TWO, Kind.EVENTS, "us-east-1"),
    ]


def test_every_layout_in_one_bucket_is_found_newest_slot_first(clients: Clients) -> None:
    keys = [
        folder.log_key(NOON + slot * 7 * HOUR, f"u{number}")
        for number, folder in enumerate(layouts())
        for slot in range(-20, 20)
    ]
    others = ["readme.txt", "AWSLogs/", f"AWSLogs/{ONE}/vpcflowlogs/us-east-1/2023/11/15/x.gz"]
    digest = BUSY._replace(kind=Kind.DIGESTS).digest_key(NOON, Digest("t", "us-east-1", False))
    source = logs(clients, planted(*keys, *others, digest))
    found = keys_of(source)
    stamps = [key.rpartition("/")[2].split("_")[3] for key in found]
    assert sorted(found) == sorted(keys)
    assert stamps == sorted(stamps, reverse=True)
    folders = source.folders()
    assert set(folders) == set(layouts())
    assert len(folders) == len(layouts())
    assert source.passed_over == 1
    assert source.layout.other_folders == 1


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("team", {8}),
        ("team/audit/AWSLogs/", {8}),
        ("AWSLogs", {0, 1, 2, 3, 4, 5, 6}),
        (f"AWSLogs/{ORGANIZATION}/", {5, 6}),
        (f"AWSLogs/{ONE}", {0, 2, 3, 4}),
        (f"AWSLogs/{ONE}/CloudTrail/", {0}),
        (f"AWSLogs/{ONE}/CloudTrail/us-east-1/", {0}),
        (f"AWSLogs/{ONE}/CloudTrail/us-east-1/2023/11/15", {0}),
        (f"AWSLogs/{ONE}/CloudTrail/us-east-1/2023/10/", set()),
        (f"AWSLogs/{ONE}/CloudTrail/us-west-2/", set()),
    ],
)
def test_a_prefix_may_lie_anywhere(clients: Clients, prefix: str, expected: set[int]) -> None:
    keys = [folder.log_key(NOON, "u") for folder in layouts()]
    source = logs(clients, planted(*keys), prefix)
    assert sorted(keys_of(source)) == sorted(keys[number] for number in expected)


@pytest.mark.parametrize("span", [ALL, (DAY - 1, DAY + 1)])
@pytest.mark.parametrize(
    ("date_", "expected"), [("2023/", 4), ("2023/11/", 3), ("2023/11/15/", 1), ("2023/12/", 0)]
)
def test_a_date_in_the_prefix_is_all_that_is_listed(
    clients: Clients, span: tuple[int, int], date_: str, expected: int
) -> None:
    days = [DAY, DAY - DAY_MS, DAY + DAY_MS, DAY - 20 * DAY_MS]
    bucket = planted(*(f"{BUSY.day_prefix(day_of(day))}by hand.json" for day in days))
    within = [day for day in days if span[0] <= day + DAY_MS and day <= span[1]]
    found = keys_of(logs(clients, bucket, BUSY.path() + date_, span=span))
    assert len(found) == min(expected, len(within))
    whole = BUSY.path() + date_
    assert all(
        each["Prefix"].startswith(whole) or whole.startswith(each["Prefix"])
        for each in clients.named("ListObjectsV2")
    )


def test_a_file_in_the_next_days_folder_is_found(clients: Clients) -> None:
    name = BUSY.log_key(DAY + 23 * HOUR + 30 * MINUTE_MS, "u").rpartition("/")[2]
    key = BUSY.day_prefix(day_of(DAY + DAY_MS)) + name
    source = logs(clients, planted(key), span=(DAY + 22 * HOUR, DAY + 23 * HOUR))
    assert keys_of(source) == [key]


def test_a_folder_that_cloudtrail_does_not_use_is_not_entered(clients: Clients) -> None:
    key = BUSY.log_key(NOON, "u").replace("AWSLogs/", f"AWSLogs/{ORGANIZATION}/o-someotherorg/")
    source = logs(clients, planted(key))
    assert keys_of(source) == []
    assert source.layout.other_folders == 1


def test_accounts_regions_and_kinds_are_chosen(clients: Clients) -> None:
    bucket = planted(*(folder.log_key(NOON, "u") for folder in layouts()))
    source = BucketLogs(
        clients,
        f"s3://{bucket}",
        start=DAY,
        end=NOON + 1,
        accounts=[ONE],
        regions=["us-east-1"],
        kinds=[Kind.EVENTS, Kind.INSIGHTS],
    )
    assert set(keys_of(source)) == {layouts()[number].log_key(NOON, "u") for number in (0, 2, 5)}


def test_digests_are_listed_when_they_are_asked_for(clients: Clients) -> None:
    folder = BUSY._replace(kind=Kind.DIGESTS)
    keys = [
        folder.digest_key(DAY + hour * HOUR + 123_000, Digest("trail_a", "us-east-1", False))
        for hour in range(24)
    ]
    bucket = planted(*keys, BUSY.log_key(NOON, "u"))
    source = BucketLogs(
        clients, f"s3://{bucket}", start=DAY, end=DAY + DAY_MS, kinds=[Kind.DIGESTS]
    )
    assert keys_of(source) == keys[::-1]


def trail(bucket: str, *, organization: bool = False, prefix: str = "") -> Trail:
    arn = f"arn:aws:cloudtrail:us-east-1:{TWO}:trail/t"
    return Trail(arn, "t", "us-east-1", bucket, prefix, organization=organization)


def test_a_trail_brings_what_it_delivers_and_no_other_accounts(clients: Clients) -> None:
    bucket = planted(*(folder.log_key(NOON, "u") for folder in layouts()))

    def found(of: Trail) -> set[str]:
        return set(keys_of(BucketLogs(clients, of, start=DAY, end=NOON + 1)))

    own = {layouts()[number].log_key(NOON, "u") for number in (1, 6)}
    assert found(trail(bucket)) == own
    assert found(trail(bucket, prefix="team/audit")) == {layouts()[8].log_key(NOON, "u")}
    everybody = {folder.log_key(NOON, "u") for folder in layouts() if not folder.prefix}
    assert found(trail(bucket, organization=True)) == everybody


slots = st.integers(-3 * 288, 3 * 288).map(lambda slot: DAY + slot * SLOT)


@given(
    st.lists(st.tuples(st.sampled_from(layouts()), slots), max_size=40, unique=True),
    st.integers(-3 * 1440, 3 * 1440).map(lambda minute: DAY + minute * MINUTE_MS),
    st.integers(1, 4 * 1440).map(lambda minutes: minutes * MINUTE_MS),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_range_brings_exactly_the_slots_that_may_hold_it(
    clients: Clients, files: list[tuple[Folder, int]], start: int, length: int
) -> None:
    keys = {folder.log_key(stamp, "u"): stamp for folder, stamp in files}
    source = logs(clients, planted(*keys, "AWSLogs/"), span=(start, start + length))
    expected = {key for key, stamp in keys.items() if start - SLOT <= stamp < start + length + LATE}
    assert set(keys_of(source)) == expected


def crowded(folder: Folder, day: int = DAY) -> list[str]:
    """Return 2,880 keys: ten for each slot of a day, named at random as CloudTrail does."""
    return [
        folder.log_key(day + slot * SLOT, uuid.uuid4().hex[:16])
        for slot in range(288)
        for _ in range(10)
    ]


def test_a_crowded_day_is_jumped_into_and_out_of(clients: Clients) -> None:
    keys = crowded(BUSY)
    span = (DAY + 18 * HOUR, DAY + 19 * HOUR)
    source = logs(clients, planted(*keys), span=span)
    expected = {
        key for slot in range(18 * 12 - 1, 20 * 12) for key in keys[slot * 10 : slot * 10 + 10]
    }
    assert set(keys_of(source)) == expected
    jumps = [each["StartAfter"] for each in clients.named("ListObjectsV2") if "StartAfter" in each]
    assert jumps[0] == BUSY.start_after(span[0] - SLOT)
    assert pages_of_the_day(clients) == 2


def pages_of_the_day(clients: Clients) -> int:
    prefix = BUSY.day_prefix(day_of(DAY))
    return sum(each["Prefix"] == prefix for each in clients.named("ListObjectsV2"))


def test_a_crowded_day_is_not_listed_past_the_end(clients: Clients) -> None:
    odd = f"{BUSY.day_prefix(day_of(DAY))}{ONE}_CloudTrail_us-east-1_by hand.json.gz"
    source = logs(clients, planted(*crowded(BUSY), odd), span=(DAY, DAY + HOUR))
    found = keys_of(source)
    assert len(found) == 24 * 10 + 1
    assert odd in found
    assert pages_of_the_day(clients) == 2


def test_a_jump_loses_no_name_that_sorts_elsewhere(clients: Clients) -> None:
    prefix = BUSY.day_prefix(day_of(DAY))
    odd = [
        f"{prefix}000000000000_CloudTrail_us-east-1_20231115T1805Z_early.json.gz",
        f"{prefix}{ONE}_CloudTrail_us-east-1_by hand.json.gz",
        f"{prefix}{ONE}_CloudTrail_us-east-2_20231115T1805Z_late.json.gz",
        f"{prefix}~.json",
    ]
    source = logs(
        clients, planted(*crowded(BUSY), *odd), span=(DAY + 18 * HOUR, DAY + 18 * HOUR + 1)
    )
    assert set(odd) <= set(keys_of(source))


def test_a_file_that_is_late_and_sorts_before_the_others_is_found(clients: Clients) -> None:
    bucket = planted(*(BUSY.log_key(NOON, unique) for unique in ("m", "z")))
    source = logs(clients, bucket, span=(NOON, NOON + MINUTE_MS))
    assert len(keys_of(source)) == 2
    s3_backends[OWNER]["aws"].put_object(bucket, BUSY.log_key(NOON, "a"), b"{}")
    assert len(keys_of(source)) == 3


def test_a_year_takes_few_requests_and_no_day_is_held_twice(clients: Clients) -> None:
    days = [DAY - number * DAY_MS for number in (0, 1, 40, 200, 364)]
    keys = [BUSY.log_key(day + HOUR, "u") for day in days]
    source = logs(clients, planted(*keys), span=(DAY - 365 * DAY_MS, DAY + DAY_MS))
    assert keys_of(source) == keys
    assert source.usage.requests["list"] < 30


def test_an_open_range_begins_with_what_is_there(clients: Clients) -> None:
    keys = [BUSY.log_key(NOON, "u"), BUSY.log_key(1_400_000_000_000, "u")]
    source = logs(clients, planted(*keys), span=(0, 253_402_300_799_000))
    assert keys_of(source) == keys


ODD_NAMES = ["a b.json.gz", "ä%2F+&=?#.json", "tab\there.json.gz", "<&>'\".gz", "%00.json.gz"]


def test_odd_names_are_listed_and_read(clients: Clients) -> None:
    keys = [BUSY.day_prefix(day_of(DAY)) + name for name in ODD_NAMES]
    source = logs(clients, planted(*keys, body=b'{"Records":[]}'))
    items = list(source.objects())
    assert {item.uri.removeprefix(f"s3://{source.name}/") for item in items} == set(keys)
    assert {source.read(item) for item in items} == {b'{"Records":[]}'}


def test_markers_and_strangers_are_passed_over_and_counted(clients: Clients) -> None:
    prefix = BUSY.day_prefix(day_of(DAY))
    bucket = planted(
        prefix, f"{prefix}_SUCCESS", f"{prefix}more/x.json.gz", BUSY.log_key(NOON, "u")
    )
    source = logs(clients, bucket)
    assert keys_of(source) == [BUSY.log_key(NOON, "u")]
    assert source.passed_over == 3


def test_objects_tell_their_size_version_and_time(clients: Clients) -> None:
    bucket = planted(BUSY.log_key(NOON, "full"), body=b"12345")
    s3_backends[OWNER]["aws"].put_object(bucket, BUSY.log_key(NOON, "empty"), b"")
    source = logs(clients, bucket)
    empty, full = source.objects()
    assert (empty.size, full.size, full.source) == (0, 5, "s3")
    assert full.version == "827ccb0eea8a706c4c34a16891f84e7b"
    assert full.modified is not None
    assert full.modified > NOON
    assert source.read(empty) == b""
    assert source.read(full) == b"12345"
    assert source.usage.bytes == {"get": 5}
    requests = source.usage.requests
    assert (requests["get"], requests["head"]) == (2, 1)
    assert source.usage.cost() == sum(USD_PER_REQUEST[kind] * n for kind, n in requests.items())


def test_a_bucket_is_asked_in_its_own_region(clients: Clients) -> None:
    source = logs(clients, planted(BUSY.log_key(NOON, "u"), region="eu-west-1"))
    assert len(keys_of(source)) == 1
    assert clients.regions == [None, "eu-west-1"]


def test_the_region_is_known_although_head_is_refused(clients: Clients) -> None:
    clients.refuse("HeadBucket", "403")
    source = logs(clients, planted(BUSY.log_key(NOON, "u"), region="eu-west-1"))
    assert len(keys_of(source)) == 1
    assert clients.regions == [None, "eu-west-1"]


def test_who_pays_is_said_in_every_request(clients: Clients) -> None:
    bucket = planted(BUSY.log_key(NOON, "u"))
    source = BucketLogs(clients, f"s3://{bucket}", start=DAY, end=NOON, requester_pays=True)
    for item in source.objects():
        source.read(item)
    asked = clients.named("ListObjectsV2") + clients.named("GetObject")
    assert len(asked) > 3
    assert {each["RequestPayer"] for each in asked} == {"requester"}


def test_a_missing_bucket_is_one_sentence(clients: Clients) -> None:
    with pytest.raises(SourceError, match=r"There is no bucket no-such-bucket\. Check"):
        list(logs(clients, "no-such-bucket").objects())


def test_a_prefix_without_logs_is_one_sentence(clients: Clients) -> None:
    with pytest.raises(SourceError, match="no AWSLogs/ folder below s3://"):
        list(logs(clients, planted("other/file")).objects())


def test_a_trail_that_has_not_delivered_yet_is_no_error(clients: Clients) -> None:
    assert keys_of(logs(clients, planted(f"AWSLogs/{ONE}/CloudTrail/"))) == []


@pytest.mark.parametrize("text", ["", "bucket", "s3://", "s3:///a", "https://x/y", "S3://b"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Write it as s3://bucket"):
        parse_location(text)


def test_a_place_without_permission_names_the_permission(clients: Clients) -> None:
    clients.refuse("ListObjectsV2", "AccessDenied", "Access Denied")
    bucket = planted(BUSY.log_key(NOON, "u"))
    with pytest.raises(SourceError, match=f"s3:ListBucket on arn:aws:s3:::{bucket}"):
        list(logs(clients, bucket).objects())


def test_one_refused_prefix_is_listed_with_its_reason_and_the_rest_goes_on(
    clients: Clients,
) -> None:
    keys = [folder.log_key(NOON, "u") for folder in layouts()]
    clients.refuse(
        "ListObjectsV2", "AccessDenied", part=f"AWSLogs%2F{TWO}%2FCloudTrail%2Feu-west-1"
    )
    source = logs(clients, planted(*keys))
    items = list(source.objects())
    refused = [item for item in items if item.uri.endswith("/")]
    assert len(items) - len(refused) == len(keys) - 1
    assert [item.uri for item in refused] == [
        f"s3://{source.name}/AWSLogs/{TWO}/CloudTrail/eu-west-1/"
    ]
    with pytest.raises(OSError, match="s3:ListBucket"):
        source.read(refused[0])


def test_a_refused_day_is_listed_with_its_reason(clients: Clients) -> None:
    clients.refuse("ListObjectsV2", "AccessDenied", part="2023%2F11%2F15%2F")
    keys = [BUSY.log_key(NOON, "u"), BUSY.log_key(NOON - DAY_MS, "u")]
    source = logs(clients, planted(*keys))
    refused, found = source.objects()
    assert refused.uri == f"s3://{source.name}/{BUSY.day_prefix(day_of(DAY))}"
    assert found.uri.endswith(keys[1])
    with pytest.raises(OSError, match="access is denied"):
        source.read(refused)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("AccessDenied", "Access Denied", "s3:GetObject on arn:aws:s3:::.*/AWSLogs/.*kms:Decrypt"),
        ("AccessDenied", "not authorized to perform: kms:Decrypt", "may not be used.*kms:Decrypt"),
        ("InvalidObjectState", "Archived", "archived in S3 Glacier.*restore-object"),
        ("NoSuchKey", "Gone", "not there any more"),
        ("KMS.DisabledException", "Disabled", "KMS key cannot be used"),
        ("SomethingNew", "What", "SomethingNew: What"),
    ],
)
def test_what_one_object_refuses_is_said_of_that_object(
    clients: Clients, code: str, message: str, expected: str
) -> None:
    clients.refuse("GetObject", code, message)
    source = logs(clients, planted(BUSY.log_key(NOON, "u")))
    [item] = source.objects()
    with pytest.raises(OSError, match=expected):
        source.read(item)
    [(_, content)] = fetched(source, [item], 2)
    assert isinstance(content, str)
    assert content.startswith("It cannot be read: ")


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidAccessKeyId", "TokenRefreshRequired"])
def test_expired_credentials_are_the_fault_of_no_object(clients: Clients, code: str) -> None:
    source = logs(clients, planted(BUSY.log_key(NOON, "u")))
    items = list(source.objects())
    clients.refuse("GetObject", code, "The provided token has expired.")
    with pytest.raises(CredentialsError, match=f"The bucket {source.name} could not be read"):
        list(fetched(source, items, 2))
    clients.refuse("ListObjectsV2", code)
    with pytest.raises(CredentialsError):
        list(source.objects())


@pytest.mark.usefixtures("endpoint")
def test_an_unreachable_endpoint_is_one_sentence() -> None:
    with pytest.raises(SourceError, match=r"The bucket bucket .*could not be reached"):
        list(logs(Clients("http://127.0.0.1:1"), "bucket").objects())


def test_an_object_above_the_cap_is_not_read(clients: Clients) -> None:
    bucket = planted(BUSY.log_key(NOON, "u"), body=b"12345")
    source = BucketLogs(clients, f"s3://{bucket}", start=DAY, end=NOON, cap=4)
    [item] = source.objects()
    with pytest.raises(OSError, match="more than 4 bytes"):
        source.read(item)


def test_an_object_of_another_bucket_is_not_read(clients: Clients) -> None:
    source = logs(clients, planted())
    with pytest.raises(FileNotFoundError, match="is not in the bucket"):
        source.read(LogObject("s3://elsewhere/key", "s3", 1))


class Torn(BaseHTTPRequestHandler):
    """Answers GetObject with a body that ends early, a few times."""

    left = 0

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("x-amz-bucket-region", "us-east-1")
        self.end_headers()

    def do_GET(self) -> None:
        whole = type(self).left <= 0
        type(self).left -= 1
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.send_header("ETag", '"torn"')
        self.end_headers()
        self.wfile.write(b"0123456789"[: 10 if whole else 4])
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Stay quiet."""


@pytest.fixture
def torn() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Torn)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("times", "whole"), [(0, True), (3, True), (4, False)])
@pytest.mark.usefixtures("endpoint")
def test_a_body_cut_off_on_its_way_is_fetched_again(torn: str, times: int, whole: bool) -> None:
    Torn.left = times
    pauses: list[float] = []
    source = BucketLogs(Clients(torn), "s3://b", start=DAY, end=NOON, sleep=pauses.append)
    item = LogObject("s3://b/key", "s3", 10)
    if whole:
        assert source.read(item) == b"0123456789"
    else:
        with pytest.raises(OSError, match="did not arrive whole"):
            source.read(item)
    assert len(pauses) == min(times, 3)
    assert pauses == sorted(pauses)
    assert source.usage.requests["get"] == min(times + 1, 4)


class Slow:
    """A source that notes how much is being read, and reads only what it is let."""

    def __init__(self, count: int, size: int = 1) -> None:
        self.items = [LogObject(f"s3://b/{number}", "s3", size) for number in range(count)]
        self.taken = 0
        self.most = 0
        self.given = 0
        self.passed_over = 0

    def objects(self) -> Iterator[LogObject]:
        for item in self.items:
            self.taken += 1
            self.most = max(self.most, self.taken - self.given)
            yield item

    def read(self, item: LogObject) -> bytes:
        if item.uri.endswith("7"):
            raise OSError("gone")
        return item.uri.encode()


@pytest.mark.parametrize("threads", [1, 4])
def test_objects_come_in_order_and_few_are_in_flight(threads: int) -> None:
    source = Slow(500)
    uris = []
    for item, content in fetched(source, source.objects(), threads):
        source.given += 1
        uris.append(item.uri)
        gone = item.uri.endswith("7")
        assert content == ("It cannot be read: gone." if gone else item.uri.encode())
    assert uris == [item.uri for item in source.items]
    assert source.most <= OBJECTS_AHEAD * threads + 2


def test_bytes_in_flight_are_bounded_but_a_large_object_passes() -> None:
    source = Slow(50, size=100)
    for _ in fetched(source, source.objects(), 8, most_bytes=250):
        source.given += 1
        if source.given == 25:
            source.most = 0
    assert source.given == 50
    assert 2 < source.most <= 2 + 2
    assert len(list(fetched(source, source.items[:3], 2, most_bytes=1))) == 3


def test_fetching_ends_when_it_is_cancelled() -> None:
    source = Slow(500)
    got: list[str] = []
    got.extend(item.uri for item, _ in fetched(source, source.objects(), 4, lambda: cut(source)))
    assert len(got) < 50
    assert source.taken < 50


def cut(source: Slow) -> bool:
    """Stop once twenty objects were taken from the listing."""
    return source.taken >= 20


def test_listing_ends_when_it_is_cancelled(clients: Clients) -> None:
    bucket = planted(*(BUSY.log_key(NOON - n * DAY_MS, "u") for n in range(20)))
    stopped = threading.Event()
    source = BucketLogs(
        clients, f"s3://{bucket}", start=ALL[0], end=ALL[1], cancelled=stopped.is_set
    )
    items = source.objects()
    assert next(items).uri.endswith(BUSY.log_key(NOON, "u"))
    stopped.set()
    with pytest.raises(Cancelled, match="was stopped"):
        next(items)
    with pytest.raises(Cancelled):
        source.folders()


def test_days_are_listed_only_a_little_ahead(clients: Clients) -> None:
    bucket = planted(*(BUSY.log_key(NOON - n * DAY_MS, "u") for n in range(200)))
    source = BucketLogs(
        clients, f"s3://{bucket}", start=NOON - 300 * DAY_MS, end=NOON + DAY_MS, threads=2
    )
    days = source.days()
    first = next(days)
    time.sleep(0.3)  # for more than that to be asked, if it were
    asked = [each for each in clients.named("ListObjectsV2") if "Delimiter" not in each]
    assert first.day == date(2023, 11, 15)
    assert len(asked) <= 2 * 2


def test_a_bucket_of_other_things_is_not_searched_without_end(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "MOST_FOLDERS", 10)
    monkeypatch.setattr(layout, "MOST_PAGES", 1)
    strangers = [f"{number:05}/x/y" for number in range(PAGE + 200)]
    bucket = planted(*strangers, BUSY.log_key(NOON, "u"))
    source = logs(clients, bucket)
    assert keys_of(source) == [BUSY.log_key(NOON, "u")]
    assert source.layout.unexplored > 900
    assert source.usage.requests["list"] < 60


@pytest.mark.parametrize("folder", layouts())
def test_every_part_of_a_path_leads_to_its_folder(folder: Folder) -> None:
    place = placed(folder.day_prefix(date(2023, 11, 15)))
    assert (place.folder(), place.date) == (folder, "2023/11/15/")
    assert placed(folder.path()[:-1]).folder() == folder
    assert placed(folder.path().rpartition(folder.kind)[0]).account == folder.account


def test_listing_and_reading_may_run_in_many_threads(clients: Clients) -> None:
    keys = [BUSY.log_key(DAY + slot * SLOT, "u") for slot in range(288)]
    source = logs(clients, planted(*keys, body=b"x" * 10))
    with ThreadPoolExecutor(8) as pool:
        sizes = list(pool.map(lambda item: len(source.read(item)), source.objects()))
    assert sizes == [10] * 288
    assert source.usage.requests["get"] == 288
    assert source.usage.bytes["get"] == 2880


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "PermanentRedirect"])
def test_advice_names_nothing_that_there_is_not(code: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "No."}}, "ListObjectsV2")
    said = str(refusal(error, Asked("s3:ListBucket", "b")))
    assert not any(each in said for each in ("say that you do", "fewer threads", "Name that"))
