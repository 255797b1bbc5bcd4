from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import cast

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st
from moto.core.base_backend import BackendDict
from moto.server import ThreadedMotoServer

from tui.errors import CredentialsError
from tui.sources.aws.shapes import Answer, Client
from tui.sources.aws.trails import (
    Selected,
    Trail,
    find_trails,
    summarised,
)

REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"]
KMS = "arn:aws:kms:eu-west-1:123456789012:key/1"


@cache
def session() -> boto3.session.Session:
    """Return a session whose models are read only once."""
    return boto3.session.Session("testing", "testing", region_name="us-east-1")


class Clients:
    """A factory of real clients that remembers what they asked, and where."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.asked: list[tuple[str, str]] = []
        self.refusals: dict[tuple[str, str], str] = {}
        """Error code by operation and region; an empty region means all."""

    def __call__(self, region: str) -> Client:
        client = session().client(
            "cloudtrail",
            region_name=region,
            endpoint_url=self.endpoint,
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2),
        )

        def sending(event_name: str, **_: object) -> AWSResponse | None:
            operation = event_name.rpartition(".")[2]
            self.asked.append((operation, region))
            code = self.refusals.get((operation, region)) or self.refusals.get((operation, ""))
            if code is None:
                return None
            response = AWSResponse(self.endpoint, 400, {}, None)
            response._content = b'{"__type": "%s", "message": "no, you."}' % code.encode()
            return response

        client.meta.events.register("before-send.cloudtrail", sending)
        return cast("Client", client)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    BackendDict.reset()  # moto's accounts are the process's: other tests left trails there
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    kept = {name: os.environ.get(name) for name in ("AWS_CONFIG_FILE", "AWS_PROFILE")}
    os.environ["AWS_CONFIG_FILE"] = os.devnull
    os.environ.pop("AWS_PROFILE", None)
    planted(endpoint)
    yield endpoint
    for name, value in kept.items():
        os.environ.pop(name, None)
        os.environ.update({name: value} if value is not None else {})
    running.stop()


def planted(endpoint: str) -> None:
    """Make two trails: one everywhere, of an organization, and one in a single region."""
    session().client("s3", endpoint_url=endpoint).create_bucket(Bucket="trail-logs")
    europe = session().client("cloudtrail", region_name="eu-west-1", endpoint_url=endpoint)
    europe.create_trail(
        Name="everything",
        S3BucketName="trail-logs",
        S3KeyPrefix="audit/all",
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        IsOrganizationTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId=KMS,
    )
    europe.start_logging(Name="everything")
    europe.put_event_selectors(  # which AWS gives to every trail, and moto to none
        TrailName="everything",
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}],
    )
    pacific = session().client("cloudtrail", region_name="ap-southeast-2", endpoint_url=endpoint)
    pacific.create_trail(Name="local", S3BucketName="trail-logs")
    pacific.put_event_selectors(
        TrailName="local",
        EventSelectors=[
            {
                "ReadWriteType": "WriteOnly",
                "IncludeManagementEvents": True,
                "ExcludeManagementEventSources": ["kms.amazonaws.com"],
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::b/"]}],
            }
        ],
    )


@pytest.fixture
def clients(server: str) -> Clients:
    return Clients(server)


def test_a_trail_that_every_region_shows_is_one_trail_of_its_home_region(
    clients: Clients,
) -> None:
    found = find_trails(clients, REGIONS)
    assert [trail.name for trail in found.trails] == ["everything", "local"]
    assert found.refused == ()
    everything, local = found.trails
    assert everything == Trail(
        arn="arn:aws:cloudtrail:eu-west-1:123456789012:trail/everything",
        name="everything",
        home_region="eu-west-1",
        bucket="trail-logs",
        prefix="audit/all",
        kms_key=KMS,
        organization=True,
        multi_region=True,
        validation=True,
        status=everything.status,
        selected=Selected(management_read=True, management_write=True),
    )
    assert everything.status is not None
    assert everything.status.logging
    assert local.status is not None
    assert not local.status.logging
    assert (everything.account(), everything.root()) == ("123456789012", "audit/all/AWSLogs/")
    assert local.root() == "AWSLogs/"
    assert sorted(clients.asked[len(REGIONS) :]) == [
        (operation, region)
        for operation in ("GetEventSelectors", "GetTrailStatus")
        for region in ("ap-southeast-2", "eu-west-1")
    ]


def test_a_shadow_copy_leads_to_a_home_region_that_was_not_asked_for(clients: Clients) -> None:
    [trail] = find_trails(clients, ["us-east-1"]).trails
    assert (trail.name, trail.home_region) == ("everything", "eu-west-1")
    assert trail.status is not None
    assert ("GetTrailStatus", "eu-west-1") in clients.asked


def test_only_the_named_trails_are_asked_about(clients: Clients) -> None:
    arn = "arn:aws:cloudtrail:ap-southeast-2:123456789012:trail/local"
    [trail] = find_trails(clients, REGIONS, [arn]).trails
    assert trail.selected == Selected(
        management_write=True,
        excluded_sources=("kms.amazonaws.com",),
        data_types=("AWS::S3::Object",),
        narrowed=True,
    )
    assert ("GetTrailStatus", "eu-west-1") not in clients.asked
    assert find_trails(clients, REGIONS, ["arn:aws:cloudtrail:x:1:trail/none"]).trails == ()


def test_what_may_not_be_asked_stays_unknown_with_the_permission(clients: Clients) -> None:
    clients.refusals["GetEventSelectors", ""] = "AccessDeniedException"
    clients.refusals["GetTrailStatus", "ap-southeast-2"] = "SomethingElseException"
    everything, local = find_trails(clients, REGIONS).trails
    assert everything.selected is None
    assert everything.status is not None
    [sentence] = everything.unknown
    assert sentence.startswith("What trail everything selects could not be read: ")
    assert "cloudtrail:GetEventSelectors" in sentence
    assert (local.selected, local.status, len(local.unknown)) == (None, None, 2)


def test_a_region_that_refuses_is_named_and_the_others_answer(clients: Clients) -> None:
    clients.refusals["DescribeTrails", "us-east-1"] = "AccessDeniedException"
    found = find_trails(clients, REGIONS)
    assert len(found.trails) == 2
    [(region, sentence)] = found.refused
    assert region == "us-east-1"
    assert "cloudtrail:DescribeTrails" in sentence


def test_expired_credentials_end_the_search(clients: Clients) -> None:
    clients.refusals["DescribeTrails", "eu-west-1"] = "ExpiredTokenException"
    with pytest.raises(CredentialsError, match="aws sso login --profile audit"):
        find_trails(clients, REGIONS, profile="audit")


@pytest.mark.usefixtures("server")
def test_an_unreachable_region_is_named() -> None:
    found = find_trails(Clients("http://127.0.0.1:1"), REGIONS)
    assert [region for region, _ in found.refused] == REGIONS
    assert all("could not be reached" in sentence for _, sentence in found.refused)


def field(name: str, *equals: str, but: tuple[str, ...] = ()) -> Answer:
    conditions = {"Equals": list(equals), "NotEquals": list(but)}
    return {"Field": name, **{each: values for each, values in conditions.items() if values}}


def advanced(*fields: Answer) -> Answer:
    return {"FieldSelectors": list(fields)}


MANAGEMENT = field("eventCategory", "Management")
DATA = field("eventCategory", "Data")
NETWORK = field("eventCategory", "NetworkActivity")
S3 = field("resources.type", "AWS::S3::Object")


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ([], Selected()),
        ([advanced(MANAGEMENT)], Selected(True, True)),
        ([advanced(MANAGEMENT, field("readOnly", "true"))], Selected(True, False)),
        ([advanced(MANAGEMENT, field("readOnly", "false"))], Selected(False, True)),
        (
            [advanced(MANAGEMENT, field("eventSource", but=("kms.amazonaws.com",)))],
            Selected(True, True, ("kms.amazonaws.com",)),
        ),
        (
            [advanced(MANAGEMENT, field("eventSource", "iam.amazonaws.com"))],
            Selected(True, True, narrowed=True),
        ),
        (
            [
                advanced(
                    MANAGEMENT,
                    field("readOnly", "true"),
                    field("eventSource", but=("kms.amazonaws.com",)),
                ),
                advanced(MANAGEMENT, field("readOnly", "false")),
            ],
            Selected(True, True),
        ),
        ([advanced(DATA, S3)], Selected(data_types=("AWS::S3::Object",))),
        (
            [advanced(DATA, S3, field("readOnly", "false"))],
            Selected(data_types=("AWS::S3::Object",), narrowed=True),
        ),
        (
            [
                advanced(NETWORK, field("eventSource", "s3.amazonaws.com")),
                advanced(NETWORK, field("eventSource", "kms.amazonaws.com")),
            ],
            Selected(network_sources=("kms.amazonaws.com", "s3.amazonaws.com")),
        ),
        (
            [
                advanced(
                    NETWORK,
                    field("eventSource", "s3.amazonaws.com"),
                    field("errorCode", "VpceAccessDenied"),
                )
            ],
            Selected(network_sources=("s3.amazonaws.com",), narrowed=True),
        ),
    ],
)
def test_advanced_selectors_are_summarised(selectors: list[Answer], expected: Selected) -> None:
    assert summarised({"AdvancedEventSelectors": selectors}) == expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, Selected(True, True)),
        ({"IncludeManagementEvents": False}, Selected()),
        ({"ReadWriteType": "ReadOnly"}, Selected(True, False)),
        (
            {"DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]},
            Selected(True, True, data_types=("AWS::Lambda::Function",)),
        ),
        (
            {"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::b/p"]}]},
            Selected(True, True, data_types=("AWS::S3::Object",), narrowed=True),
        ),
    ],
)
def test_basic_selectors_are_summarised(selector: Answer, expected: Selected) -> None:
    assert summarised({"EventSelectors": [selector]}) == expected


extents = st.sampled_from(["All", "ReadOnly", "WriteOnly"])


@given(st.lists(st.tuples(st.booleans(), extents), min_size=1, max_size=5))
def test_several_selectors_let_through_what_any_of_them_does(
    parts: list[tuple[bool, str]],
) -> None:
    answer: Answer = {
        "EventSelectors": [
            {"IncludeManagementEvents": management, "ReadWriteType": extent}
            for management, extent in parts
        ]
    }
    told = summarised(answer)
    assert told.management_read == any(on and extent != "WriteOnly" for on, extent in parts)
    assert told.management_write == any(on and extent != "ReadOnly" for on, extent in parts)
