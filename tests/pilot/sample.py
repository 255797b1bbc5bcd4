"""A small, seeded account for the widgets: rows with everything a row may have."""

from __future__ import annotations

import random

from tui.domain.answer import Facet, FacetCount, Histogram, Row
from tui.domain.event import (
    Actor,
    Call,
    Origin,
    Outcome,
    Place,
    Resource,
    Result,
    Severity,
    Signal,
)

NOON = 1_795_348_800_000
"""2026-11-22 12:00 UTC, in ms."""

_ACTORS = (
    Actor("deploy", "AssumedRole", session="deploy", role="ci-role", mfa="false"),
    Actor(
        "maria.lopez", "AssumedRole", role="AWSReservedSSO_Admin", behind="maria.lopez", mfa="true"
    ),
    Actor("root", "Root", mfa="false", account="444455556666"),
    Actor("ops-oncall", "IAMUser", key="AKIAEXAMPLE"),
    Actor("autoscaling", "AWSService", via="autoscaling.amazonaws.com"),
)
_CALLS = (
    (Call("GetObject", "s3"), "arn:aws:s3:::prod-logs/2026/11/22/part-0001.gz"),
    (Call("PutObject", "s3"), "arn:aws:s3:::prod-logs/2026/11/22/part-0002.gz"),
    (Call("DescribeInstances", "ec2"), None),
    (Call("AttachRolePolicy", "iam"), "arn:aws:iam::111122223333:role/app-admin"),
    (Call("Decrypt", "kms"), "arn:aws:kms:eu-west-1:111122223333:key/0f2c5a1e-7b1c-4c8e-9d55"),
    (Call("ConsoleLogin", "signin"), None),
    (Call("DeleteTrail", "cloudtrail"), "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"),
)
_OUTCOMES = (
    *(Outcome(),) * 12,
    Outcome("AccessDenied", "AccessDenied", Result.DENIED),
    Outcome("NoSuchBucket", "NoSuchBucket", Result.FAILED),
)
_SIGNALS = (
    *(Signal(),) * 14,
    Signal(Severity.LOW, "a sign-in"),
    Signal(Severity.MEDIUM, "first time for this caller"),
    Signal(Severity.HIGH, "root did something"),
    Signal(Severity.CRITICAL, "logging was switched off"),
)


def row(position: int) -> Row:
    """Return the event at a position of the sample, newest first."""
    dice = random.Random(position)
    call, resource = dice.choice(_CALLS)
    several = (Resource(resource),) * dice.choice((1, 1, 1, 3)) if resource else ()
    return Row(
        number=position,
        id=f"event-{position}",
        time=NOON - position * 137_000,
        actor=dice.choice(_ACTORS),
        call=call,
        resources=several,
        place=Place("111122223333", dice.choice(("us-east-1", "eu-west-1", "ap-southeast-2"))),
        origin=Origin(f"203.0.113.{dice.randrange(256)}", "aws-cli/2.15.0 Python/3.11"),
        outcome=dice.choice(_OUTCOMES),
        signal=dice.choice(_SIGNALS),
    )


def rows(first: int, count: int) -> list[Row]:
    """Return some events of the sample."""
    return [row(position) for position in range(first, first + count)]


def histogram(bins: int) -> Histogram:
    """Return a day of counts with a quiet night and one bad hour."""
    dice = random.Random(bins)
    counts, troubled = [], []
    for index in range(bins):
        share = index / bins
        number = int(dice.random() * (10 if share < 0.3 else 160)) + (
            400 if 0.6 < share < 0.64 else 0
        )
        counts.append(number)
        troubled.append(number * 3 // 4 if 0.6 < share < 0.64 else number // 20)
    return Histogram(NOON - 86_400_000, 86_400_000 // bins, tuple(counts), tuple(troubled))


def facets() -> list[Facet]:
    """Return counts for some fields, one value absent, one field with a single value."""
    return [
        Facet(
            "caller",
            tuple(
                map(FacetCount, ("deploy", "maria.lopez", "root", "ops-oncall"), (812, 201, 14, 3))
            ),
            9,
        ),
        Facet(
            "action",
            tuple(map(FacetCount, ("GetObject", "PutObject", "Decrypt"), (400, 312, 96))),
            212,
        ),
        Facet("error", (FacetCount(None, 1_100), FacetCount("AccessDenied", 104)), 0),
        Facet("region", (FacetCount("us-east-1", 1_204),), 0),
    ]


RECORD: dict[str, object] = {
    "eventVersion": "1.11",
    "userIdentity": {
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/ci-role/deploy",
        "sessionContext": {
            "attributes": {"mfaAuthenticated": "false", "creationDate": "2026-11-22T11:02:03Z"}
        },
    },
    "eventTime": "2026-11-22T12:00:00Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "PutRolePolicy",
    "readOnly": False,
    "requestParameters": {
        "roleName": "app-admin",
        "policyDocument": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*"}]}',
    },
    "responseElements": None,
    "resources": [{"ARN": "arn:aws:iam::111122223333:role/app-admin", "type": "AWS::IAM::Role"}],
    "tlsDetails": {"tlsVersion": "TLSv1.3"},
    "durationSeconds": 3600,
}
"""A record with every kind of value."""
