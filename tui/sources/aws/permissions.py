"""The permissions that the explorer uses, as a table, each with a call that tests it.

Owns the table, the asking and what an answer means. Every call only reads, and as little as there
is. Sources: Service Authorization Reference, CloudTrail, S3, KMS, CloudWatch Logs, Account
Management, EC2, Organizations and IAM.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from botocore.exceptions import ClientError

from tui.sources.aws.keys import LOG_KINDS, Kind, parse_key
from tui.sources.aws.logs import GroupName, parse_group
from tui.sources.aws.problems import FAILURES, Doing, code_of, problem
from tui.sources.aws.sessions import Account
from tui.sources.aws.trails import Trail

_FEW = 10
"""Keys looked at to find a log file among folder markers and digests."""
_LONGEST = 300
"""Characters of AWS's own words that are kept."""
_DENIED = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"),
        *("ForbiddenException", "AllAccessDisabled"),
    }
)
_ALLOWED = {
    "AWSOrganizationsNotInUseException": "the account is in no organization",
    "AccountNotFoundException": "the organization does not know the account",
    "InsightNotEnabledException": "the trail makes no Insights",
}
"""Errors that only somebody who may ask gets to see."""


class On(StrEnum):
    """What a permission is given on."""

    ALL = "*"
    TRAIL = "trail"
    BUCKET = "bucket"
    OBJECT = "log file"
    KEY = "key"
    LOG_GROUP = "log group"
    QUEUE = "queue"


class Verdict(StrEnum):
    """What the test of a permission told."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "not known"
    """AWS did not answer the question."""
    UNTESTED = "not tested"
    """There was nothing to ask about."""


class Permission(NamedTuple):
    """A permission, what it is for, and the call that tests it."""

    feature: str
    action: str
    on: On
    operation: str
    """As boto3 names it; empty where the test of another permission tells."""
    asked: Mapping[str, object]
    """Parameters; `{trail}`, `{bucket}`, `{root}`, `{key}`, `{group}` and `{account}` are what was
    found."""
    needed: bool = True
    """Whether a feature is lost without it; else only a nicety."""

    @property
    def service(self) -> str:
        """The service, as boto3 names it."""
        return self.action.partition(":")[0]


PERMISSIONS = (
    Permission(
        "event history", "cloudtrail:LookupEvents", On.ALL, "lookup_events", {"MaxResults": 1}
    ),
    Permission("trails", "cloudtrail:DescribeTrails", On.ALL, "describe_trails", {}),
    Permission("integrity", "cloudtrail:ListPublicKeys", On.ALL, "list_public_keys", {}),
    Permission(
        "trails", "cloudtrail:GetTrailStatus", On.TRAIL, "get_trail_status", {"Name": "{trail}"}
    ),
    Permission(
        "trails",
        "cloudtrail:GetEventSelectors",
        On.TRAIL,
        "get_event_selectors",
        {"TrailName": "{trail}"},
    ),
    Permission(
        "log files",
        "s3:ListBucket",
        On.BUCKET,
        "list_objects_v2",
        {"Bucket": "{bucket}", "Prefix": "{root}", "MaxKeys": 1},
    ),
    Permission(
        "log files",
        "s3:GetObject",
        On.OBJECT,
        "get_object",
        {"Bucket": "{bucket}", "Key": "{key}", "Range": "bytes=0-0"},
    ),
    Permission("log files", "kms:Decrypt", On.KEY, "", {}),
    Permission(
        "regions", "account:ListRegions", On.ALL, "list_regions", {"MaxResults": 1}, needed=False
    ),
    Permission("regions", "ec2:DescribeRegions", On.ALL, "describe_regions", {}, needed=False),
    Permission(
        "names",
        "organizations:DescribeAccount",
        On.ALL,
        "describe_account",
        {"AccountId": "{account}"},
        needed=False,
    ),
    Permission(
        "insights",
        "cloudtrail:GetInsightSelectors",
        On.TRAIL,
        "get_insight_selectors",
        {"TrailName": "{trail}"},
        needed=False,
    ),
    Permission("names", "organizations:ListAccounts", On.ALL, "list_accounts", {}, needed=False),
    Permission(
        "live tail",
        "logs:FilterLogEvents",
        On.LOG_GROUP,
        "filter_log_events",
        {"logGroupName": "{group}", "limit": 1},
        needed=False,
    ),
    Permission("live tail", "logs:StartLiveTail", On.LOG_GROUP, "", {}, needed=False),
    Permission("names", "iam:ListAccountAliases", On.ALL, "list_account_aliases", {}, needed=False),
)


class Tested(NamedTuple):
    """A permission on one resource, and what its test told."""

    permission: Permission
    resource: str
    """An ARN or `*`."""
    verdict: Verdict
    detail: str = ""
    """Why it is not allowed, or what AWS said."""


class _Found(NamedTuple):
    verdict: Verdict
    detail: str = ""


_BY_ACTION = {permission.action: permission for permission in PERMISSIONS}
_LIST, _GET, _DECRYPT = (
    _BY_ACTION[action] for action in ("s3:ListBucket", "s3:GetObject", "kms:Decrypt")
)
_FILTER, _LIVE = (_BY_ACTION[f"logs:{name}"] for name in ("FilterLogEvents", "StartLiveTail"))
_NO_FILE = _Found(Verdict.UNTESTED, "no log file was found to read")
_BILLED = _Found(Verdict.UNTESTED, "a test would open a session, which AWS bills")


def tested(account: Account, region: str, trails: Iterable[Trail]) -> Iterator[Tested]:
    """Yield the test of every permission: account-wide ones in one Region, then each trail's.

    Raises SourceError when no client can be made at all.
    """
    found = list(trails)
    probe = _Probe(account)
    number = account.identity().account
    for permission in _given_on(On.ALL):
        yield Tested(permission, On.ALL, *probe.ask(permission, region, account=number))
    places: dict[tuple[str, str], Trail] = {}
    for trail in found:
        for permission in _given_on(On.TRAIL):
            told = probe.ask(permission, trail.home_region, trail=trail.arn)
            yield Tested(permission, trail.arn, *told)
        places.setdefault((trail.bucket, trail.root()), trail)
    for trail in places.values():
        yield from probe.delivered(trail)
    for group in dict.fromkeys(filter(None, map(_group, found))):
        yield Tested(_FILTER, group.arn, *probe.ask(_FILTER, group.region, group=group.name))
        yield Tested(_LIVE, group.arn, *_BILLED)


class _Probe:
    """Asks once for each test: a repeated call tells no more."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def ask(self, permission: Permission, region: str | None = None, **found: str) -> _Found:
        """Make the call of a permission and return what its answer means."""
        client = self._account.client(permission.service, region, paced=True)
        asked = {
            name: value.format(**found) if isinstance(value, str) else value
            for name, value in permission.asked.items()
        }
        doing = Doing(permission.action, permission.action, self._account.profile, region)
        try:
            answer = getattr(client, permission.operation)(**asked)
        except FAILURES as error:
            return _refused(error, doing)
        if "Body" in answer:
            answer["Body"].close()
        return _Found(Verdict.ALLOWED)

    def delivered(self, trail: Trail) -> Iterator[Tested]:
        """Yield the tests of where a trail delivers to: its bucket, a log file, its key."""
        place = {"bucket": trail.bucket, "root": trail.root()}
        arn = f"arn:{trail.arn.split(':')[1]}:s3:::{trail.bucket}"
        listed = self.ask(_LIST, **place)
        yield Tested(_LIST, arn, *listed)
        key = self._log_file(trail) if listed.verdict is Verdict.ALLOWED else None
        got = self.ask(_GET, **place, key=key) if key else _NO_FILE
        by_key = got.verdict is Verdict.DENIED and "kms" in got.detail.lower()
        yield Tested(_GET, f"{arn}/{key or place['root'] + '*'}", *(_YES if by_key else got))
        if trail.kms_key:
            told = by_key or got.verdict is Verdict.ALLOWED
            yield Tested(_DECRYPT, trail.kms_key, *(got if told else _NO_FILE))

    def _log_file(self, trail: Trail) -> str | None:
        """Return the key of a log file: digests, which come first, are encrypted otherwise."""
        keys = [parse_key(each) for each in self._keys(trail.bucket, trail.root())]
        folders = {each.folder._replace(kind=Kind.EVENTS).path() for each in keys if each}
        for folder in sorted(folders):
            keys += [parse_key(each) for each in self._keys(trail.bucket, folder)]
        return next((each.key() for each in keys if each and each.kind in LOG_KINDS), None)

    def _keys(self, bucket: str, prefix: str) -> list[str]:
        client = self._account.client("s3", paced=True)
        try:
            answer = client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=_FEW)
        except FAILURES:
            return []  # a moment ago this was allowed: what is not found is not tested
        return [each["Key"] for each in answer.get("Contents", ())]


_YES = _Found(Verdict.ALLOWED)


def _group(trail: Trail) -> GroupName | None:
    return parse_group(trail.log_group.removesuffix(":*")) if trail.log_group else None


def _given_on(what: On) -> Iterator[Permission]:
    return (permission for permission in PERMISSIONS if permission.on is what)


def _refused(error: Exception, doing: Doing) -> _Found:
    code = code_of(error)
    if code in _ALLOWED:
        return _Found(Verdict.ALLOWED, _ALLOWED[code])
    if code in _DENIED:
        return _Found(Verdict.DENIED, _said(error))
    return _Found(Verdict.UNKNOWN, str(problem(error, doing)))


def _said(error: Exception) -> str:
    """Return AWS's own words: they tell whose policy denies it."""
    words = str(error)
    if isinstance(error, ClientError):
        words = str(error.response["Error"].get("Message") or error.response["Error"]["Code"])
    return " ".join(words.split())[:_LONGEST]
