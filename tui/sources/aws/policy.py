"""The least-privilege IAM policy for what was found, as a document.

Owns the statements, of what is needed and of what is optional: each `Sid` says which, and what is
lost without it. Nothing is wider than the trails' own buckets, prefixes, keys and log groups, and
nothing is in it that is not asked for. Source: Service Authorization Reference, CloudTrail, S3,
KMS, CloudWatch Logs, SQS, Account Management, EC2, Organizations and IAM.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from tui.sources.aws.permissions import On
from tui.sources.aws.trails import Trail

Policy: TypeAlias = dict[str, object]

_VERSION = "2012-10-17"


class Statement(NamedTuple):
    """What is allowed, on what kind of thing."""

    sid: str
    on: On
    actions: tuple[str, ...]


STATEMENTS = (
    Statement("NeededForEventHistory", On.ALL, ("cloudtrail:LookupEvents",)),
    Statement(
        "NeededForTrails",
        On.ALL,  # DescribeTrails knows no other resource
        (
            "cloudtrail:DescribeTrails",
            "cloudtrail:GetTrailStatus",
            "cloudtrail:GetEventSelectors",
        ),
    ),
    Statement("NeededForIntegrity", On.ALL, ("cloudtrail:ListPublicKeys",)),
    Statement("NeededForBuckets", On.BUCKET, ("s3:ListBucket", "s3:GetBucketLocation")),
    Statement("NeededForLogFiles", On.OBJECT, ("s3:GetObject",)),
    Statement("NeededForKeys", On.KEY, ("kms:Decrypt",)),
    Statement(
        "OptionalForInsights",
        On.ALL,
        ("cloudtrail:GetInsightSelectors", "cloudtrail:ListInsightsData"),
    ),
    Statement("OptionalForFindingRegions", On.ALL, ("account:ListRegions", "ec2:DescribeRegions")),
    Statement(
        "OptionalForAccountNames",
        On.ALL,
        (
            "organizations:ListAccounts",
            "organizations:DescribeAccount",
            "iam:ListAccountAliases",
        ),
    ),
    Statement("OptionalForLiveTail", On.LOG_GROUP, ("logs:FilterLogEvents", "logs:StartLiveTail")),
    Statement(
        "OptionalForQueues",
        On.QUEUE,
        ("sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"),
    ),
)
"""DeleteMessage is used on a queue that was said to be the user's own, and on no other."""


def policy(trails: Iterable[Trail], queues: Iterable[str] = ()) -> Policy:
    """Return the policy document; without trails, that of event history alone.

    `queues` are ARNs.
    """
    found = list(trails)
    groups = {each.log_group.removesuffix(":*") for each in found if each.log_group}
    resources: Mapping[On, Iterable[str]] = {
        On.ALL: ("*",),
        On.BUCKET: {_bucket(each) for each in found},
        On.OBJECT: {f"{_bucket(each)}/{_literal(each.root())}*" for each in found},
        On.KEY: {each.kms_key for each in found if each.kms_key},
        # both forms of a group's ARN are in use
        On.LOG_GROUP: {f"{group}{end}" for group in groups for end in ("", ":*")},
        On.QUEUE: set(queues),
    }
    return {
        "Version": _VERSION,
        "Statement": [
            _allow(each, sorted(resources[each.on])) for each in STATEMENTS if resources[each.on]
        ],
    }


def _allow(statement: Statement, resources: Sequence[str]) -> Policy:
    return {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": list(statement.actions),
        "Resource": resources[0] if len(resources) == 1 else list(resources),
    }


def _bucket(trail: Trail) -> str:
    return f"arn:{trail.arn.split(':')[1]}:s3:::{trail.bucket}"


def _literal(prefix: str) -> str:
    """Return the prefix as policies write it: three characters mean something to them.

    Source: IAM user guide, "IAM policy elements: Variables and tags", special characters.
    """
    return "".join(f"${{{char}}}" if char in "*?$" else char for char in prefix)
