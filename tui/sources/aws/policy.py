"""The least-privilege IAM policy for what was found, as a document.

Owns the statements; read-only, and nothing wider than the trails' own buckets, prefixes and keys.
Source: Service Authorization Reference, CloudTrail, S3, KMS, CloudWatch
Logs, EC2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from tui.sources.aws.trails import Trail

Policy: TypeAlias = dict[str, object]

_VERSION = "2012-10-17"
_CLOUDTRAIL = tuple(
    f"cloudtrail:{name}"
    for name in (
        *("LookupEvents", "DescribeTrails", "ListTrails", "GetTrail", "GetTrailStatus"),
        *("GetEventSelectors", "GetInsightSelectors", "ListTags", "ListPublicKeys"),
        "ListInsightsData",
    )
)
"""On any resource: LookupEvents, DescribeTrails, ListTrails and ListPublicKeys know no other."""

_LOGS = ("logs:FilterLogEvents", "logs:StartLiveTail")
"""For live tail, on the groups that trails deliver to; both forms of their ARNs are in use."""


def policy(trails: Iterable[Trail]) -> Policy:
    """Return the policy document; without trails, that of event history alone."""
    found = list(trails)
    buckets = sorted({_bucket(each) for each in found})
    files = sorted({f"{_bucket(each)}/{_literal(each.root())}*" for each in found})
    keys = sorted({each.kms_key for each in found if each.kms_key})
    groups = sorted({each.log_group.removesuffix(":*") for each in found if each.log_group})
    statements = (
        ("EventHistoryAndTrails", _CLOUDTRAIL, ("*",)),
        ("Buckets", ("s3:ListBucket", "s3:GetBucketLocation"), buckets),
        ("LogFiles", ("s3:GetObject",), files),
        ("Keys", ("kms:Decrypt",), keys),
        ("LogGroups", _LOGS, [f"{group}{end}" for group in groups for end in ("", ":*")]),
        ("Regions", ("ec2:DescribeRegions",), ("*",)),
    )
    return {
        "Version": _VERSION,
        "Statement": [_allow(*statement) for statement in statements if statement[2]],
    }


def _allow(name: str, actions: Sequence[str], resources: Sequence[str]) -> Policy:
    return {
        "Sid": name,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources[0] if len(resources) == 1 else list(resources),
    }


def _bucket(trail: Trail) -> str:
    return f"arn:{trail.arn.split(':')[1]}:s3:::{trail.bucket}"


def _literal(prefix: str) -> str:
    """Return the prefix as policies write it: three characters mean something to them.

    Source: IAM user guide, "IAM policy elements: Variables and tags", special characters.
    """
    return "".join(f"${{{char}}}" if char in "*?$" else char for char in prefix)
