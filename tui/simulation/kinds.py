"""The records that are not API calls: Insights, network activity and aggregated events.

Each has a folder of its own in the bucket and a schema of its own (CloudTrail user guide, "Insights
record contents", "Network activity event record contents", "Aggregated events"). The envelope of
aggregated events is not documented; they are delivered here in `Records` like the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from tui.simulation.identities import text, unique
from tui.simulation.organization import HOME, organization
from tui.simulation.scene import Place
from tui.simulation.tokens import DAY, SLOT, seeded, stamp, uuid4
from tui.simulation.workload import Workload

INSIGHT, NETWORK, AGGREGATED = (
    "CloudTrail-Insight",
    "CloudTrail-NetworkActivity",
    "CloudTrail-Aggregated",
)
HOUR = 3_600


class Extra(NamedTuple):
    """A record to be delivered beside the ordinary ones."""

    kind: str
    account: str
    region: str
    time: int
    record: str


class Spike(NamedTuple):
    """An episode CloudTrail Insights notices; rates are calls or errors per minute."""

    account: str
    region: str
    start: int
    minutes: int
    source: str
    action: str
    baseline: float
    rate: float
    caller: str
    agent: str
    error: str = ""


def extras(seed: int, story: int, span: tuple[int, int], workload: Workload) -> Iterator[Extra]:
    """Yield everything of these kinds in the span (seconds), `story` being when that begins."""
    yield from _insights(seed, story, span)
    yield from _network(seed, story, span, workload.place("prod", HOME))
    for region in ("us-east-1", "eu-west-1"):
        yield from _aggregated(seed, span, workload.place("prod", region))


def _attributions(spike: Spike) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for name, value in (
        ("userIdentityArn", spike.caller),
        ("userAgent", spike.agent),
        ("errorCode", spike.error or "null"),
    ):
        found.append(
            {
                "attribute": name,
                "insight": [{"value": value, "average": spike.rate}],
                "baseline": [{"value": value, "average": spike.baseline}],
            }
        )
    return found


def _insight(spike: Spike, state: str, time: int, ids: tuple[str, str]) -> str:
    event_id, shared = ids
    statistics: dict[str, object] = {
        "baseline": {"average": spike.baseline},
        "insight": {"average": spike.rate},
        "insightDuration": spike.minutes if state == "End" else 1,
        "baselineDuration": 10_080,
    }
    details: dict[str, object] = {
        "state": state,
        "eventSource": spike.source,
        "eventName": spike.action,
        "insightType": "ApiErrorRateInsight" if spike.error else "ApiCallRateInsight",
        "insightContext": {"statistics": statistics, "attributions": _attributions(spike)},
        "sourceEventCategory": "Management",
    }
    if spike.error:
        details["errorCode"] = spike.error
    return text(
        {
            "eventVersion": "1.09",
            "eventTime": stamp(time),
            "awsRegion": spike.region,
            "eventID": event_id,
            "eventType": "AwsCloudTrailInsight",
            "recipientAccountId": organization().accounts[spike.account],
            "sharedEventID": shared,
            "insightDetails": details,
            "eventCategory": "Insight",
        }
    )


def _insights(seed: int, story: int, span: tuple[int, int]) -> Iterator[Extra]:
    shared, prod = (organization().accounts[name] for name in ("shared", "prod"))
    bot = f"arn:aws:iam::{shared}:user/svc-ci-builder"
    door = f"arn:aws:iam::{prod}:user/svc-support"
    deploy = f"arn:aws:sts::{prod}:assumed-role/github-deploy"
    spikes = [
        Spike("shared", HOME, story + 120, 9, "iam.amazonaws.com", "ListUsers", 0.0004, 4.9, bot,
              "aws-cli/2.15.30", "AccessDenied"),
        Spike("prod", "sa-east-1", story + 6_240, 11, "ec2.amazonaws.com", "RunInstances", 0.0,
              0.8, door, "aws-cli/2.15.30"),
    ]  # fmt: skip
    for day in range(span[0] // DAY, span[1] // DAY + 1, 2):
        start = day * DAY + 14 * HOUR + 1_380
        spikes.append(
            Spike("prod", "eu-west-1", start, 14, "ecs.amazonaws.com", "UpdateService", 0.02, 3.5,
                  deploy, "aws-cli/2.22.7")
        )  # fmt: skip
    for spike in spikes:
        rng = seeded(seed, "insight", spike.account, spike.action, spike.start)
        shared_id = uuid4(rng)
        for state, time in (("Start", spike.start), ("End", spike.start + 60 * spike.minutes)):
            record = _insight(spike, state, time, (uuid4(rng), shared_id))
            yield Extra(INSIGHT, spike.account, spike.region, time, record)


def _denied(rng: Random, seed: int, place: Place, time: int) -> str:
    foreign = organization().foreign_account
    principal = f"{unique('AROA', seed, foreign)}:sync-{rng.getrandbits(8)}"
    return text(
        {
            "eventVersion": "1.09",
            "userIdentity": {
                "type": "AWSAccount",
                "principalId": principal,
                "accountId": foreign,
            },
            "eventTime": stamp(time),
            "eventSource": "s3.amazonaws.com",
            "eventName": "PutObject",
            "awsRegion": place.region,
            "sourceIPAddress": f"10.24.{rng.getrandbits(7)}.{rng.getrandbits(8)}",
            "errorCode": "VpceAccessDenied",
            "errorMessage": "The request was denied due to a VPC endpoint policy",
            "requestID": f"{rng.getrandbits(64):016X}",
            "eventID": uuid4(rng),
            "eventType": "AwsVpceEvent",
            "recipientAccountId": place.id,
            "sharedEventID": uuid4(rng),
            "vpcEndpointId": place.endpoint,
            "vpcEndpointAccountId": place.id,
            "eventCategory": "NetworkActivity",
        }
    )


def _network(seed: int, story: int, span: tuple[int, int], place: Place) -> Iterator[Extra]:
    """Yield a burst in the story, and a stray denial every few hours."""
    times = [story + 70 * 60 + 20 * number for number in range(14)]
    times += [time + time % 3_217 for time in range(span[0], span[1], 5 * HOUR)]
    for time in times:
        rng = seeded(seed, "network", time)
        yield Extra(NETWORK, place.account, place.region, time, _denied(rng, seed, place, time))


def _counts(dimension: str, names: list[str], rng: Random) -> dict[str, object]:
    statistics = [{"name": name, "value": 1 + rng.getrandbits(9 - 2 * n)}
                  for n, name in enumerate(names)]  # fmt: skip
    return {"dimension": dimension, "statistics": statistics, "aggregationType": "Count"}


def _summary(template: int, place: Place, rng: Random) -> dict[str, object]:
    """Return one of the three templates: API activity, resource access, user actions."""
    buckets = place.resources.names("bucket")[:3]
    function = f"arn:aws:sts::{place.id}:assumed-role/orders-api-role/orders-api"
    actions = ["GetObject", "PutObject", "ListObjects"]
    primary = [
        ("eventName", actions),
        ("resourceARN", [f"arn:aws:s3:::{bucket}" for bucket in buckets]),
        ("userIdentity", [function]),
    ][template]
    details = [
        _counts("userAgent", ["Boto3/1.35.74", "aws-sdk-java/2.29.23"], rng),
        _counts("sourceIpAddress", ["198.51.100.130", "198.51.100.131"], rng),
        _counts("errorCodes", ["AccessDenied"], rng),
    ]
    return {"primaryDimension": _counts(*primary, rng), "details": details}


def _aggregated(seed: int, span: tuple[int, int], place: Place) -> Iterator[Extra]:
    """Yield one five-minute summary every hour."""
    for start in range(-(-span[0] // HOUR) * HOUR, span[1] - SLOT, HOUR):
        rng = seeded(seed, "aggregated", place.region, start)
        record = {
            "eventVersion": "1.0",
            "accountId": place.id,
            "eventId": uuid4(rng),
            "eventCategory": "Aggregated",
            "eventType": "AwsAggregatedEvent",
            "awsRegion": place.region,
            "eventSource": "s3.amazonaws.com",
            "timeWindow": {
                "windowStart": stamp(start),
                "windowEnd": stamp(start + SLOT),
                "windowSize": "PT5M",
            },
            "summary": _summary(start // HOUR % 3, place, rng),
        }
        end = start + SLOT
        yield Extra(AGGREGATED, place.account, place.region, end, text(record))
