"""What a call was about: from `resources`, else from the table."""

from __future__ import annotations

import pytest

from tui.deriving.resources import needs_parameters, resources_from, resources_of
from tui.deriving.tables import PARTS, rows, table, texts
from tui.domain.event import Resource


def named(service: str, action: str, request: object = None, response: object = None) -> list[str]:
    """Return the names found in a call's parameters."""
    return [each.name for each in resources_from(service, action, None, request, response)]


def test_listed_resources_come_first_and_alone() -> None:
    found = resources_from(
        "s3",
        "GetObject",
        [
            {"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::b/k"},
            {"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::b/"},
            {"accountId": "1"},
        ],
        {"bucketName": "other"},
        None,
    )
    assert found == (
        Resource("arn:aws:s3:::b/k", "AWS::S3::Object"),
        Resource("arn:aws:s3:::b/", "AWS::S3::Object"),
    )


def test_nothing_is_found_where_nothing_is_named() -> None:
    assert resources_from("ec2", "DescribeVpcs", None, {"vpcSet": {}}, None) == ()
    assert resources_from("ec2", "DescribeVpcs", [], None, None) == ()


@pytest.mark.parametrize(
    ("service", "action", "request_", "names"),
    [
        (
            "ec2",
            "TerminateInstances",
            {"instancesSet": {"items": [{"instanceId": "i-1"}]}},
            ["i-1"],
        ),
        ("ec2", "DescribeVpcClassicLink", {"vpcSet": {"item": [{"vpcId": "vpc-1"}]}}, ["vpc-1"]),
        (
            "ec2",
            "DeleteFlowLogs",
            {"DeleteFlowLogsRequest": {"FlowLogId": {"content": "fl-1"}}},
            ["fl-1"],
        ),
        ("ec2", "CreateTags", {"resourcesSet": {"items": [{"resourceId": "ami-1"}]}}, ["ami-1"]),
        ("s3", "PutObject", {"key": "a/b", "bucketName": "logs"}, ["logs/a/b", "logs"]),
        ("s3", "PutObject", {"key": "a/b"}, []),
        ("iam", "AttachUserPolicy", {"policyArn": "arn:p", "userName": "jo"}, ["jo", "arn:p"]),
        ("lambda", "GetFunction20150331v2", {"functionName": "f"}, ["f"]),
        ("secretsmanager", "GetSecretValue", {"secretId": "s"}, ["s"]),
        ("ssm", "GetParameters", {"names": ["/a", "/b"]}, ["/a", "/b"]),
        ("ssm", "SendCommand", {"instanceIds": ["i-1"], "documentName": "Run"}, ["i-1", "Run"]),
        (
            "rds",
            "CreateDBSnapshot",
            {"dBInstanceIdentifier": "d", "dBSnapshotIdentifier": "s"},
            ["s", "d"],
        ),
        ("rds", "DeleteDBInstance", {"dbInstanceIdentifier": "d"}, ["d"]),
        ("kms", "Encrypt", {"keyId": "alias/x"}, ["alias/x"]),
        ("dynamodb", "DeleteTable", {"tableName": "t"}, ["t"]),
        ("sqs", "DeleteQueue", {"queueUrl": "https://q"}, ["https://q"]),
        ("sns", "Publish", {"topicArn": "arn:t"}, ["arn:t"]),
        ("logs", "DeleteLogGroup", {"logGroupName": "/g"}, ["/g"]),
        ("events", "DisableRule", {"name": "r"}, ["r"]),
        ("cloudtrail", "StopLogging", {"name": "t"}, ["t"]),
        ("cloudformation", "DeleteStack", {"stackName": "s"}, ["s"]),
        ("eks", "AssociateAccessPolicy", {"name": "c", "principalArn": "arn:r"}, ["arn:r", "c"]),
        ("ecs", "UpdateService", {"cluster": "c", "service": "s"}, ["s", "c"]),
        ("ecr", "SetRepositoryPolicy", {"repositoryName": "r"}, ["r"]),
        ("guardduty", "DeleteDetector", {"detectorId": "d"}, ["d"]),
        ("config", "StopConfigurationRecorder", {"configurationRecorderName": "c"}, ["c"]),
        ("organizations", "AttachPolicy", {"policyId": "p", "targetId": "ou"}, ["p", "ou"]),
        ("sts", "AssumeRole", {"roleArn": "arn:r", "roleSessionName": "s"}, ["arn:r"]),
        ("glue", "GetTable", {"databaseName": "d", "name": "t"}, ["t", "d"]),
    ],
)
def test_the_request_names_what_it_is_about(
    service: str, action: str, request_: object, names: list[str]
) -> None:
    assert named(service, action, request_) == names


@pytest.mark.parametrize(
    ("service", "action", "response", "name"),
    [
        ("ec2", "RunInstances", {"instancesSet": {"items": [{"instanceId": "i-1"}]}}, "i-1"),
        ("ec2", "CreateVpc", {"vpc": {"vpcId": "vpc-1"}}, "vpc-1"),
        ("iam", "CreatePolicy", {"policy": {"arn": "arn:p"}}, "arn:p"),
        ("secretsmanager", "CreateSecret", {"arn": "arn:s"}, "arn:s"),
        ("kms", "CreateKey", {"keyMetadata": {"arn": "arn:k"}}, "arn:k"),
        ("cloudformation", "CreateStack", {"stackId": "arn:s"}, "arn:s"),
    ],
)
def test_what_is_created_is_named_by_the_response(
    service: str, action: str, response: object, name: str
) -> None:
    assert named(service, action, {}, response) == [name]


def test_a_create_that_failed_is_about_what_it_was_asked_with() -> None:
    request = {"instancesSet": {"items": [{"imageId": "ami-1"}]}, "subnetId": "subnet-1"}
    assert named("ec2", "RunInstances", request) == ["ami-1", "subnet-1"]


def test_the_order_is_that_of_the_table_not_of_the_record() -> None:
    request = {"key": "k", "bucketName": "b"}
    assert named("s3", "PutObject", request) == named(
        "s3", "PutObject", dict(reversed(request.items()))
    )


def test_a_service_event_names_its_secret_in_the_additional_data() -> None:
    record = {
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "EndSecretVersionDelete",
        "additionalEventData": {"ARN": "arn:s"},
    }
    assert resources_of(record) == (Resource("arn:s", "AWS::SecretsManager::Secret"),)


def test_hidden_values_name_nothing() -> None:
    assert named("iam", "GetUser", {"userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}) == []


def test_resources_are_distinct_in_order_and_all_there() -> None:
    names = [f"/p{number}" for number in range(1000)]
    found = named("ssm", "GetParameters", {"names": ["/p0", *names]})
    assert found == names


def test_an_insight_is_about_no_resource() -> None:
    record = {"eventCategory": "Insight", "resources": [{"ARN": "arn:x"}], "insightDetails": {}}
    assert resources_of(record) == ()


def test_an_aggregated_event_is_about_the_resources_it_counts() -> None:
    statistics = [{"name": "arn:a", "value": 3}, {"name": "arn:b", "value": 1}]
    primary = {"dimension": "resourceARN", "statistics": statistics}
    record = {"eventCategory": "Aggregated", "summary": {"primaryDimension": primary}}
    assert resources_of(record) == (Resource("arn:a"), Resource("arn:b"))
    primary["dimension"] = "eventName"
    assert resources_of(record) == ()


def test_only_the_needed_parts_are_asked_for() -> None:
    assert needs_parameters("ec2", "RunInstances") == (True, True, False)
    assert needs_parameters("ec2", "DescribeInstances") == (True, False, False)
    assert needs_parameters("secretsmanager", "EndSecretVersionDelete") == (True, False, True)
    assert needs_parameters("no-such-service", "Anything") == (True, False, False)


def nested(steps: list[str], leaf: object) -> object:
    """Return the leaf under these names."""
    for name in reversed(steps):
        leaf = {name: [leaf]}
    return leaf


@pytest.mark.parametrize("service", sorted(table("resources")))
def test_every_path_of_the_table_names_something(service: str) -> None:
    for row in rows(table("resources")[service]):
        for action in texts(row.get("actions")) or ("AnyAction",):
            for path in texts(row["paths"]):
                part, first, *steps = path.split(".")
                delivered: dict[str, object] = dict.fromkeys(PARTS) | {
                    part: {first: nested(steps, "x"), str(row.get("under")): "parent"}
                }
                found = resources_from(service, action, None, *delivered.values())
                wanted = "parent/x" if "under" in row else "x"
                kind = next(iter(texts(row.get("type"))), None)
                assert Resource(wanted, kind) in found, (action, path)
