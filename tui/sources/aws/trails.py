"""The trails of an account: where they deliver, whether they do, and what they select.

Owns asking and summarising; read-only. A trail shows up in every region as a shadow copy; it is
asked about once, by its ARN, in its home region. What may not be asked stays unknown, with the
reason, and the rest is returned.

Sources: CloudTrail API reference, DescribeTrails, GetTrailStatus, GetEventSelectors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tui.errors import CredentialsError, SourceError, UsageError
from tui.sources.aws.keys import ROOT
from tui.sources.aws.problems import FAILURES, Doing, explained, problem
from tui.sources.aws.shapes import Answer, Client

_ARN = re.compile(
    r"arn:[^:]+:cloudtrail:(?P<region>[a-z0-9-]+):[0-9]{12}:trail/(?P<name>[A-Za-z0-9._-]+)"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_THREADS = 8
_MANAGEMENT, _DATA, _NETWORK = "Management", "Data", "NetworkActivity"
_CATEGORY, _READ_ONLY, _TYPE, _SOURCE = "eventCategory", "readOnly", "resources.type", "eventSource"


class Selected(NamedTuple):
    """What a trail's event selectors let through, summarised."""

    management_read: bool = False
    management_write: bool = False
    excluded_sources: tuple[str, ...] = ()
    """Event sources whose management events are left out, such as kms.amazonaws.com."""
    data_types: tuple[str, ...] = ()
    """Resource types whose data events are logged, such as AWS::S3::Object."""
    network_sources: tuple[str, ...] = ()
    """Event sources whose network activity events are logged."""
    narrowed: bool = False
    """Whether conditions that are not told here (names, ARNs) leave out some of these."""


class Status(NamedTuple):
    """Whether a trail delivers; times in ms since 1970 UTC."""

    logging: bool
    delivered: int | None = None
    delivery_error: str = ""
    digested: int | None = None
    digest_error: str = ""
    log_group_error: str = ""
    notification_error: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """A trail, as far as it may be known."""

    arn: str
    name: str
    home_region: str
    bucket: str
    prefix: str = ""
    kms_key: str | None = None
    organization: bool = False
    multi_region: bool = False
    validation: bool = False
    insights: bool = False
    global_events: bool = True
    """Whether events of global services, such as IAM, are logged at all."""
    sns_topic: str | None = None
    log_group: str | None = None
    status: Status | None = None
    """None when it may not be asked: see `unknown`."""
    selected: Selected | None = None
    unknown: tuple[str, ...] = ()
    """A sentence for each thing that could not be asked."""

    def account(self) -> str:
        """Return the account that owns it: for an organization, the management account."""
        return self.arn.split(":")[4] if self.arn.count(":") >= 5 else ""

    def root(self) -> str:
        """Return the prefix in its bucket under which everything is delivered."""
        return f"{self.prefix}/{ROOT}/" if self.prefix else f"{ROOT}/"


class Trails(NamedTuple):
    """The trails that were found, and the regions that did not answer."""

    trails: tuple[Trail, ...]
    refused: tuple[tuple[str, str], ...]
    """Region and sentence."""


def find_trails(
    client_for: Callable[[str], Client],
    regions: Sequence[str],
    arns: Iterable[str] = (),
    profile: str | None = None,
) -> Trails:
    """Return the trails that any of the regions knows, by name; with `arns`, only those.

    `profile` is only named in advice. Raises CredentialsError.
    """

    def describe(region: str) -> list[Trail] | str:
        what = f"The list of trails in {region}"
        doing = Doing(what, "cloudtrail:DescribeTrails", profile, region)
        return _described(client_for(region), doing)

    found: dict[str, Trail] = {}
    refused: list[tuple[str, str]] = []
    only = set(arns)
    with ThreadPoolExecutor(_THREADS) as pool:
        for region, described in zip(regions, pool.map(describe, regions), strict=True):
            if isinstance(described, str):
                refused.append((region, described))
                continue
            for trail in described:
                if not only or trail.arn in only:
                    found.setdefault(trail.arn, trail)
        known = pool.map(
            lambda each: _known(client_for(each.home_region), each, profile), found.values()
        )
        trails = sorted(known, key=lambda each: (each.name, each.arn))
    return Trails(tuple(trails), tuple(refused))


def find_trail(client: Client, arn: str, profile: str | None = None) -> Trail:
    """Return the trail of an ARN, without its status; raises SourceError when there is none."""
    doing = Doing(f"Trail {arn}", "cloudtrail:DescribeTrails", profile, client.meta.region_name)
    with explained(doing):
        answer = client.describe_trails(trailNameList=[arn], includeShadowTrails=True)
    for each in answer["trailList"]:
        if each["TrailARN"] == arn:
            return _trail(each)
    raise SourceError(
        f"There is no trail {arn}. Check its ARN; a trail that was deleted can still be verified "
        "where it delivered: --s3 s3://bucket/prefix."
    )


def parse_arn(arn: str) -> tuple[str, str]:
    """Return name and home region of a trail's ARN; raises UsageError."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise UsageError(
            f'"{arn[:100]}" is no ARN of a trail. '
            "It looks like arn:aws:cloudtrail:us-east-1:123456789012:trail/NAME."
        )
    return found["name"], found["region"]


def basic(answer: Answer) -> list[Selected]:
    """Return what each basic event selector lets through; only its data events are narrowed."""
    return [_basic(one) for one in answer.get("EventSelectors", [])]


def advanced(answer: Answer) -> list[Selected]:
    """Return what each advanced event selector lets through."""
    return [_advanced(one) for one in answer.get("AdvancedEventSelectors", [])]


def summarised(answer: Answer) -> Selected:
    """Return what basic or advanced selectors let through; several are alternatives."""
    each = basic(answer) + advanced(answer)
    management = [one for one in each if one.management_read or one.management_write]
    excluded = [set(one.excluded_sources) for one in management]
    return Selected(
        any(one.management_read for one in each),
        any(one.management_write for one in each),
        tuple(sorted(set.intersection(*excluded))) if excluded else (),
        tuple(sorted({kind for one in each for kind in one.data_types})),
        tuple(sorted({source for one in each for source in one.network_sources})),
        any(one.narrowed for one in each),
    )


def _described(client: Client, doing: Doing) -> list[Trail] | str:
    try:
        answer = client.describe_trails(includeShadowTrails=True)
    except FAILURES as error:
        return _reason(error, doing)
    return [_trail(each) for each in answer["trailList"]]


def _trail(answer: Answer) -> Trail:
    return Trail(
        arn=answer["TrailARN"],
        name=answer["Name"],
        home_region=answer["HomeRegion"],
        bucket=answer["S3BucketName"],
        prefix=answer.get("S3KeyPrefix", ""),
        kms_key=answer.get("KmsKeyId"),
        organization=answer.get("IsOrganizationTrail", False),
        multi_region=answer.get("IsMultiRegionTrail", False),
        validation=answer.get("LogFileValidationEnabled", False),
        insights=answer.get("HasInsightSelectors", False),
        global_events=answer.get("IncludeGlobalServiceEvents", True),
        sns_topic=answer.get("SnsTopicARN"),
        log_group=answer.get("CloudWatchLogsLogGroupArn"),
    )


def _known(client: Client, trail: Trail, profile: str | None) -> Trail:
    """Return the trail with what its home region tells about it."""
    unknown: list[str] = []
    status: Status | None = None
    selected: Selected | None = None
    try:
        status = _status(client.get_trail_status(Name=trail.arn))
    except FAILURES as error:
        what = f"Whether trail {trail.name} delivers"
        doing = Doing(what, "cloudtrail:GetTrailStatus", profile, trail.home_region)
        unknown.append(_reason(error, doing))
    try:
        selected = summarised(client.get_event_selectors(TrailName=trail.arn))
    except FAILURES as error:
        what = f"What trail {trail.name} selects"
        doing = Doing(what, "cloudtrail:GetEventSelectors", profile, trail.home_region)
        unknown.append(_reason(error, doing))
    return replace(trail, status=status, selected=selected, unknown=tuple(unknown))


def _status(answer: Answer) -> Status:
    return Status(
        answer.get("IsLogging", False),
        _ms(answer.get("LatestDeliveryTime")),
        answer.get("LatestDeliveryError", ""),
        _ms(answer.get("LatestDigestDeliveryTime")),
        answer.get("LatestDigestDeliveryError", ""),
        answer.get("LatestCloudWatchLogsDeliveryError", ""),
        answer.get("LatestNotificationError", ""),
    )


def _basic(selector: Answer) -> Selected:
    extent = selector.get("ReadWriteType", "All")
    management = selector.get("IncludeManagementEvents", True)
    resources = selector.get("DataResources", [])
    return Selected(
        management and extent != "WriteOnly",
        management and extent != "ReadOnly",
        tuple(selector.get("ExcludeManagementEventSources", [])),
        tuple(each.get("Type", "") for each in resources),
        narrowed=bool(resources) and (extent != "All" or any(map(_names_some, resources))),
    )


def _names_some(resource: Answer) -> bool:
    """Return whether only some resources of the type are meant: a bare ARN prefix means all."""
    return not any(
        value.endswith((":s3", ":s3:::", ":lambda", ":dynamodb"))
        for value in resource.get("Values", [])
    )


def _advanced(selector: Answer) -> Selected:
    fields = {each.get("Field", ""): each for each in selector.get("FieldSelectors", [])}
    category = _equal(fields, _CATEGORY)
    if category == (_MANAGEMENT,):
        read_only, source = _equal(fields, _READ_ONLY), fields.get(_SOURCE, {})
        told = {_CATEGORY, _READ_ONLY}
        if set(source) <= {"Field", "NotEquals"}:
            told.add(_SOURCE)
        return Selected(
            "false" not in read_only,
            "true" not in read_only,
            tuple(source.get("NotEquals", [])),
            narrowed=not set(fields) <= told,
        )
    by_type = category == (_DATA,)
    return Selected(
        data_types=_equal(fields, _TYPE) if by_type else (),
        network_sources=_equal(fields, _SOURCE) if category == (_NETWORK,) else (),
        narrowed=not set(fields) <= {_CATEGORY, _TYPE if by_type else _SOURCE},
    )


def _equal(fields: Mapping[str, Answer], name: str) -> tuple[str, ...]:
    return tuple(fields.get(name, {}).get("Equals", ()))


def _reason(error: Exception, doing: Doing) -> str:
    """Return why something stays unknown; raises CredentialsError, as all else would as well."""
    found = problem(error, doing)
    if isinstance(found, CredentialsError):
        raise found from error
    return str(found)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MS
