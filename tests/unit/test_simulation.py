"""The simulated organization delivers as AWS would, the same every time."""

from __future__ import annotations

import gzip
import os
import pickle
import random
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from functools import cache

import orjson
import pytest

from tui.domain.objects import LogObject
from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.catalogue import services
from tui.simulation.organization import organization, personas
from tui.simulation.tokens import base32, seeded, uuid4
from tui.simulation.workload import Workload

Record = dict[str, object]

NOW = int(datetime(2026, 6, 25, 12, 3, 27, tzinfo=UTC).timestamp() * 1000)
SEED = 7
KEY = re.compile(
    r"s3://[a-z-]+/AWSLogs/o-[a-z0-9]{10,32}/(?P<account>\d{12})"
    r"/(?P<kind>CloudTrail(-Insight|-NetworkActivity|-Aggregated)?)/(?P<region>[a-z0-9-]+)"
    r"/(?P<day>\d{4}/\d\d/\d\d)"
    r"/(?P=account)_(?P=kind)_(?P=region)_(?P<slot>\d{8}T\d{4}Z)_[A-Za-z0-9]{16}\.json\.gz"
)
ACCESS_KEY = re.compile(r"A[KS]IA[A-Z2-7]{9}EXAMPLE")


def simulated() -> SimulatedAccounts:
    return SimulatedAccounts(SEED, NOW)


def records_in(data: bytes) -> list[Record]:
    found: list[Record] = orjson.loads(gzip.decompress(data))["Records"]
    return found


@cache
def delivered() -> tuple[tuple[LogObject, tuple[Record, ...]], ...]:
    source = simulated()
    return tuple((item, tuple(records_in(source.read(item)))) for item in source.objects())


def of_kind(kind: str) -> list[tuple[LogObject, Record]]:
    return [
        (item, record)
        for item, records in delivered()
        for record in records
        if f"/{kind}/" in item.uri
    ]


def calls() -> list[Record]:
    return [record for _, record in of_kind("CloudTrail")]


def part(record: Record, *path: str) -> object:
    value: object = record
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def seconds(time: object) -> int:
    return int(datetime.fromisoformat(str(time)).timestamp())


def test_the_same_arguments_give_the_same_bytes_in_any_order() -> None:
    first, second = simulated(), pickle.loads(pickle.dumps(simulated()))
    items = list(first.objects())
    assert items == list(second.objects())
    chosen = random.Random(1).sample(items, 60)
    backwards = {item.uri: second.read(item) for item in reversed(chosen)}
    assert {item.uri: first.read(item) for item in chosen} == backwards


def test_the_bytes_do_not_depend_on_the_process() -> None:
    program = (
        "from tui.simulation.accounts import SimulatedAccounts as S\n"
        "import hashlib, sys\n"
        f"source = S({SEED}, {NOW}, 0.2, 300)\n"
        "texts = [source.read(item) for item in source.objects()]\n"
        "sys.stdout.write(hashlib.sha256(b''.join(texts)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert len(digests) == 1
    assert b"" not in digests


def test_what_is_drawn_does_not_depend_on_the_python() -> None:
    rng = seeded("pinned", 1)
    assert uuid4(rng) == "fb602ebf-e911-450b-a6ed-98c1ff9168c8"
    assert base32(rng, 9) == "EUDAA3Z5I"
    order = list(range(9))
    rng.shuffle(order)
    assert order == [3, 0, 7, 8, 4, 2, 5, 6, 1]
    assert rng.random() == 0.7533065070006819
    assert rng.randbytes(4).hex() == "aa37dd7c"


def test_another_seed_gives_another_week() -> None:
    here = {item.uri for item in simulated().objects()}
    there = {item.uri for item in SimulatedAccounts(SEED + 1, NOW).objects()}
    assert not here & there


def test_a_week_has_all_events_once_but_for_a_few_repeated_ones() -> None:
    ids = [(record["recipientAccountId"], record["eventID"]) for record in calls()]
    assert len(set(ids)) >= 50_000
    assert 20 < len(ids) - len(set(ids)) < 1_000


def test_no_request_id_is_used_twice() -> None:
    pairs = {(record["eventID"], record.get("requestID")) for record in calls()}
    requests = [request for _, request in pairs if request]
    assert len(requests) == len(set(requests))


def test_accounts_and_regions_are_those_of_the_folder() -> None:
    for item, record in of_kind("CloudTrail") + of_kind("CloudTrail-Insight"):
        key = KEY.fullmatch(item.uri)
        assert key
        assert (key["account"], key["region"]) == (
            record["recipientAccountId"],
            record["awsRegion"],
        )
    assert {record["recipientAccountId"] for record in calls()} == set(
        organization().accounts.values()
    )
    regions = {record["awsRegion"] for record in calls()}
    # The attacker chose one that nobody uses.
    assert regions == {*organization().regions.names, "sa-east-1"}


def test_every_key_follows_the_grammar_and_newer_slots_come_first() -> None:
    keys = [KEY.fullmatch(item.uri) for item, _ in delivered()]
    slots = [key["slot"] for key in keys if key]
    assert len(slots) == len(keys)
    assert slots == sorted(slots, reverse=True)
    assert all(key["slot"][:8] == key["day"].replace("/", "") for key in keys if key)
    assert all(int(slot[-3:-1]) % 5 == 0 for slot in slots)


def test_files_are_of_one_to_two_thousand_records_and_skewed() -> None:
    sizes = sorted(len(records) for item, records in delivered() if "/CloudTrail/" in item.uri)
    assert sizes[0] >= 1
    assert sizes[-1] <= 2_000
    assert sizes[-1] > 5 * sizes[len(sizes) // 2]


def test_no_file_holds_more_than_it_may_at_scale() -> None:
    source = SimulatedAccounts(SEED, NOW, days=0.05, events=60_000)
    sizes = [len(records_in(source.read(item))) for item in list(source.objects())[:40]]
    assert 1_000 < max(sizes) < 2_300


def test_the_size_of_a_file_is_told_about_right() -> None:
    source = simulated()
    items = list(source.objects())[::20]
    real = sum(len(source.read(item)) for item in items)
    assert 0.7 < sum(item.size for item in items) / real < 1.4


def test_nothing_happens_after_now_and_delivery_takes_minutes() -> None:
    waits = []
    for item, record in of_kind("CloudTrail"):
        time = seconds(record["eventTime"])
        assert time * 1000 <= NOW
        assert item.modified is not None
        waits.append(item.modified // 1000 - time)
    assert min(waits) >= 60
    prompt = sum(wait <= 1_260 for wait in waits)
    assert prompt / len(waits) > 0.99
    assert max(waits) > 3_600


def test_records_of_a_file_are_not_in_order() -> None:
    big = max((records for _, records in delivered()), key=len)
    times = [str(record["eventTime"]) for record in big]
    assert times != sorted(times)


def test_days_are_busier_than_nights_and_weekdays_than_weekends() -> None:
    times = [datetime.fromisoformat(str(record["eventTime"])) for record in calls()]
    weekdays = Counter(time.hour for time in times if time.weekday() < 5)
    assert sum(weekdays[hour] for hour in range(9, 17)) > 2 * sum(
        weekdays[hour] for hour in (20, 21, 22, 23, 3, 4, 5, 6)
    )
    days = Counter(time.weekday() for time in times)
    assert min(days[day] for day in range(5)) > 1.3 * max(days[5], days[6])


def test_the_catalogue_is_broad_and_mostly_read() -> None:
    actions = {(record["eventSource"], record["eventName"]) for record in calls()}
    assert len(actions) >= 150
    assert len({source for source, _ in actions}) >= 25
    reads = sum(record["readOnly"] is True for record in calls())
    assert 0.6 < reads / len(calls()) < 0.95


def test_some_calls_fail_in_the_ways_of_their_service() -> None:
    errors = Counter(record["errorCode"] for record in calls() if "errorCode" in record)
    assert 0.01 < errors.total() / len(calls()) < 0.1
    for code in (
        "AccessDenied",
        "ThrottlingException",
        "NoSuchEntityException",
        "Client.UnauthorizedOperation",
        "ResourceNotFoundException",
    ):
        assert errors[code] > 5
    assert all(r["responseElements"] is None for r in calls() if "errorCode" in r)


@pytest.mark.parametrize(
    "source", ["iam", "cloudfront", "organizations", "route53", "signin", "health"]
)
def test_global_services_are_recorded_in_one_region(source: str) -> None:
    found = [r for r in calls() if r["eventSource"] == f"{source}.amazonaws.com"]
    assert {record["awsRegion"] for record in found} == {"us-east-1"}


def test_fields_have_the_types_cloudtrail_gives_them() -> None:
    seen = Counter[str]()
    for record in calls():
        seen.update(list(record))
        assert isinstance(record["readOnly"], bool)
        assert isinstance(record["managementEvent"], bool)
        data = record["eventCategory"] == "Data"
        assert record["managementEvent"] is not data
        assert record.get("sessionCredentialFromConsole") in (None, "true")
        assert record["eventVersion"] in ("1.08", "1.09", "1.10", "1.11")
        assert "<" not in str(record["requestParameters"]).replace("<=", "")
        mfa = part(record, "userIdentity", "sessionContext", "attributes", "mfaAuthenticated")
        assert mfa in (None, "true", "false")
    for name in ("tlsDetails", "vpcEndpointId", "sharedEventID", "apiVersion", "resources"):
        assert 0 < seen[name] < len(calls())


def test_calls_by_services_and_the_console_have_no_tls_details() -> None:
    for record in calls():
        if part(record, "userIdentity", "invokedBy") or "sessionCredentialFromConsole" in record:
            assert "tlsDetails" not in record


def test_every_kind_of_identity_and_event_type_appears() -> None:
    kinds = {part(record, "userIdentity", "type") for record in calls()}
    assert kinds >= {
        "Root", "IAMUser", "AssumedRole", "AWSService", "AWSAccount", "SAMLUser",
        "WebIdentityUser", None,
    }  # fmt: skip
    types = {record["eventType"] for record in calls()}
    assert types == {"AwsApiCall", "AwsServiceEvent", "AwsConsoleSignIn"}


def test_sign_ins_say_how_they_ended() -> None:
    found = [record for record in calls() if record["eventName"] == "ConsoleLogin"]
    assert len(found) > 10
    for record in found:
        assert part(record, "responseElements", "ConsoleLogin") in ("Success", "Failure")
        assert part(record, "additionalEventData", "MFAUsed") in ("Yes", "No")
        assert "Mozilla" in str(record["userAgent"])
        assert "accessKeyId" not in str(record["userIdentity"])


def test_ordinary_sessions_are_begun_by_the_call_that_made_their_key() -> None:
    begun: dict[object, int] = {}
    for record in calls():
        key = part(record, "responseElements", "credentials", "accessKeyId")
        if key and str(record["eventName"]).startswith("AssumeRole"):
            begun[key] = seconds(record["eventTime"])
    used = [r for r in calls() if part(r, "userIdentity", "accessKeyId") in begun]
    assert len(used) > 5_000
    for record in used:
        assert seconds(record["eventTime"]) >= begun[part(record, "userIdentity", "accessKeyId")]


def test_a_key_belongs_to_one_identity() -> None:
    owners: dict[object, set[object]] = {}
    for record in calls():
        key = part(record, "userIdentity", "accessKeyId")
        if key:
            assert ACCESS_KEY.fullmatch(str(key))
            owners.setdefault(key, set()).add(part(record, "userIdentity", "arn"))
    assert all(len(arns) == 1 for arns in owners.values())


def test_insights_come_in_pairs_and_name_nothing_at_the_top() -> None:
    pairs: dict[object, list[object]] = {}
    for _, record in of_kind("CloudTrail-Insight"):
        assert not {"eventName", "eventSource", "userIdentity"} & set(record)
        pairs.setdefault(record["sharedEventID"], []).append(
            part(record, "insightDetails", "state")
        )
    assert len(pairs) >= 3
    assert all(sorted(map(str, states)) == ["End", "Start"] for states in pairs.values())


def test_network_activity_is_denied_by_the_endpoint() -> None:
    found = of_kind("CloudTrail-NetworkActivity")
    assert len(found) > 20
    for _, record in found:
        assert record["errorCode"] == "VpceAccessDenied"
        assert record["eventType"] == "AwsVpceEvent"
        assert "requestParameters" not in record


def test_aggregated_events_have_their_own_schema() -> None:
    found = of_kind("CloudTrail-Aggregated")
    assert len(found) > 100
    for _, record in found:
        assert {"eventId", "accountId", "timeWindow", "summary"} < set(record)
        assert not {"eventID", "eventTime", "eventName", "userIdentity"} & set(record)


def test_a_file_that_is_not_there_cannot_be_read() -> None:
    with pytest.raises(FileNotFoundError):
        simulated().read(LogObject("s3://elsewhere/key.json.gz", "demo", 1))


def test_every_persona_finds_something_on_its_menu() -> None:
    workload = Workload(SEED, 1, 1)
    working = {
        persona.name
        for account in organization().accounts
        for region in organization().regions.names
        for persona, _ in workload.coefficients(account, region)
    }
    assert working == set(personas())


def test_rare_callers_stay_rare() -> None:
    kinds = Counter(part(record, "userIdentity", "type") for record in calls())
    assert 0 < kinds["Root"] < 40
    events = sum(record["eventType"] == "AwsServiceEvent" for record in calls())
    assert 0.002 < events / len(calls()) < 0.02


def test_every_service_of_the_tables_is_called_by_someone() -> None:
    called = {str(record["eventSource"]).removesuffix(".amazonaws.com") for record in calls()}
    assert set(services()) - called == set()
