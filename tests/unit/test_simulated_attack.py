"""The attack in the simulated organization can be followed from the first call to the last."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, datetime
from functools import cache

import orjson

from tui.simulation.accounts import SimulatedAccounts
from tui.simulation.organization import organization

Record = dict[str, object]

NOW = int(datetime(2026, 6, 25, 12, 3, 27, tzinfo=UTC).timestamp() * 1000)
SEED = 7


@cache
def calls() -> tuple[Record, ...]:
    source = SimulatedAccounts(SEED, NOW, days=3, events=6_000)
    found: dict[object, Record] = {}
    for item in source.objects():
        if "/CloudTrail/" in item.uri:
            for record in orjson.loads(gzip.decompress(source.read(item)))["Records"]:
                found[record["eventID"]] = record
    return tuple(sorted(found.values(), key=lambda record: str(record["eventTime"])))


def part(record: Record, *path: str) -> object:
    value: object = record
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def seconds(time: object) -> int:
    return int(datetime.fromisoformat(str(time)).timestamp())


def story() -> list[Record]:
    """Return what was done from the thief's addresses, oldest first."""
    own = {"203.0.113.66", "203.0.113.199", "2001:db8:dead::199"}
    return [record for record in calls() if record["sourceIPAddress"] in own]


def test_the_attack_climbs_from_the_leaked_key_across_two_accounts() -> None:
    told = story()
    first = told[0]
    assert first["eventName"] == "GetCallerIdentity"
    leaked = part(first, "userIdentity", "accessKeyId")
    assert any(
        part(r, "userIdentity", "accessKeyId") == leaked
        and r["sourceIPAddress"] != first["sourceIPAddress"]
        for r in calls()
    )
    denied = [
        r
        for r in told
        if "Unauthorized" in str(r.get("errorCode")) or r.get("errorCode") == "AccessDenied"
    ]
    assert len({r["eventName"] for r in denied}) > 15
    key, accounts = leaked, []
    chain = {
        part(r, "userIdentity", "accessKeyId"): part(
            r, "responseElements", "credentials", "accessKeyId"
        )
        for r in told
        if r["eventName"] == "AssumeRole" and part(r, "userIdentity", "accessKeyId")
    }
    while key in chain:
        key = chain[key]
        follow = [r for r in told if part(r, "userIdentity", "accessKeyId") == key]
        assert follow
        accounts.append(follow[0]["recipientAccountId"])
    names = organization().accounts
    assert accounts == [names["shared"], names["prod"]]


def test_the_attack_does_what_it_is_told_to() -> None:
    done = Counter(str(r["eventName"]) for r in story() if "errorCode" not in r)
    for name in (
        "CreateUser", "CreateAccessKey", "CreateLoginProfile", "AttachUserPolicy", "ConsoleLogin",
        "StopLogging", "PutEventSelectors", "PutBucketPolicy", "ModifySnapshotAttribute",
        "RunInstances",
    ):  # fmt: skip
        assert done[name] >= 1, name
    assert done["GetSecretValue"] > 20
    assert done["GetObject"] > 150
    made = next(r for r in story() if r["eventName"] == "CreateAccessKey")
    key = part(made, "responseElements", "accessKey", "accessKeyId")
    assert any(part(r, "userIdentity", "accessKeyId") == key for r in story())


def test_a_call_across_accounts_is_told_to_both() -> None:
    shared: dict[object, set[object]] = {}
    for record in story():
        if record["eventName"] == "AssumeRole" and "sharedEventID" in record:
            shared.setdefault(record["sharedEventID"], set()).add(record["recipientAccountId"])
    assert [len(accounts) for accounts in shared.values()] == [2]


def test_the_defenders_answer_after_the_attack_began() -> None:
    start = seconds(story()[0]["eventTime"])
    assert 24 * 3_600 < NOW // 1000 - start < 28 * 3_600
    after = [r for r in calls() if start < seconds(r["eventTime"]) < start + 3 * 3_600]
    assert any("AWSCompromisedKeyQuarantineV2" in str(r["requestParameters"]) for r in after)
    names = [r["eventName"] for r in after]
    assert "StartLogging" in names
    assert "DeleteAccessKey" in names


def test_the_leaked_key_is_not_used_once_it_is_deleted() -> None:
    leaked = part(story()[0], "userIdentity", "accessKeyId")
    deleted = next(
        r
        for r in calls()
        if r["eventName"] == "DeleteAccessKey"
        and part(r, "requestParameters", "accessKeyId") == leaked
    )
    end = seconds(deleted["eventTime"])
    used = [
        seconds(r["eventTime"]) for r in calls() if part(r, "userIdentity", "accessKeyId") == leaked
    ]
    assert max(used) < end + 180
    made = [
        part(r, "responseElements", "accessKey", "accessKeyId")
        for r in calls()
        if r["eventName"] == "CreateAccessKey" and seconds(r["eventTime"]) > end
    ]
    assert any(part(r, "userIdentity", "accessKeyId") in made for r in calls())


def test_a_short_history_still_holds_the_story() -> None:
    source = SimulatedAccounts(SEED, NOW, days=1, events=500)
    names = {
        record.get("eventName")
        for item in source.objects()
        for record in orjson.loads(gzip.decompress(source.read(item)))["Records"]
    }
    assert {"StopLogging", "StartLogging"} <= names
