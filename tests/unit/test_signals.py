"""Which events deserve attention, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tui.deriving.calls import call_from
from tui.deriving.conditions import Condition
from tui.deriving.signals import needs_parameters, signal_of
from tui.deriving.tables import rows, table, texts
from tui.domain.event import Actor, Outcome, Result, Severity, Signal

OWN, OTHER = "111122223333", "444455556666"
USER = Actor("jo", "IAMUser", account=OWN)
ROOT = Actor("root", "Root", account=OWN)
DENIED = Outcome("AccessDenied", "AccessDenied", Result.DENIED)


def signal(
    name: str,
    request: object = None,
    *,
    actor: Actor = USER,
    outcome: Outcome = Outcome(),  # noqa: B008 - immutable
    additional: object = None,
    read_only: bool = False,
) -> Signal:
    """Return the signal of `service:Action`."""
    service, action = name.split(":")
    call = call_from(f"{service}.amazonaws.com", action, "AwsApiCall", "Management", read_only)
    return signal_of(call, actor, outcome, request, None, additional)


def statement(principal: object, effect: str = "Allow", **more: object) -> dict[str, object]:
    """Return a policy of one statement."""
    return {"Statement": [{"Effect": effect, "Principal": principal, "Action": "*", **more}]}


def ingress(cidr: str, ports: tuple[int, int], protocol: str = "tcp") -> dict[str, object]:
    """Return the request of AuthorizeSecurityGroupIngress."""
    item: dict[str, object] = {"ipProtocol": protocol, "ipRanges": {"items": [{"cidrIp": cidr}]}}
    item |= {"fromPort": ports[0], "toPort": ports[1]}
    return {"groupId": "sg-1", "ipPermissions": {"items": [item]}}


ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
QUARANTINE = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
FOREIGN = {"AWS": [f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OTHER}:root"]}
ALL_BLOCKED = {"BlockPublicAcls": True, "BlockPublicPolicy": True}
CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
EVERYTHING = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
ALL_USERS = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}


@pytest.mark.parametrize(
    ("name", "request_", "expected"),
    [
        ("cloudtrail:StopLogging", {"name": "t"}, "critical: CloudTrail logging stopped"),
        (
            "cloudtrail:UpdateTrail",
            {"isMultiRegionTrail": False},
            "high: trail covers less or is no longer validated",
        ),
        ("cloudtrail:UpdateTrail", {"isMultiRegionTrail": True}, "medium: trail changed"),
        (
            "cloudtrail:PutEventSelectors",
            {"eventSelectors": [{"includeManagementEvents": False}]},
            "high: management events no longer logged",
        ),
        (
            "cloudtrail:PutEventSelectors",
            {
                "eventSelectors": [
                    {"includeManagementEvents": True, "excludeManagementEventSources": []}
                ]
            },
            "medium: event selectors changed",
        ),
        ("cloudtrail:PutInsightSelectors", {"insightSelectors": []}, "medium: Insights turned off"),
        ("cloudtrail:PutInsightSelectors", {"insightSelectors": [{"insightType": "x"}]}, ""),
        (
            "s3:PutBucketPolicy",
            {"bucketPolicy": statement("*")},
            "critical: bucket opened to everyone",
        ),
        (
            "s3:PutBucketPolicy",
            {"bucketPolicy": statement({"AWS": "*"})},
            "critical: bucket opened to everyone",
        ),
        (
            "s3:PutBucketPolicy",
            {"bucketPolicy": statement("*", "Deny")},
            "low: bucket access changed",
        ),
        (
            "s3:PutBucketPolicy",
            {"bucketPolicy": statement("*", Condition={"a": 1})},
            "low: bucket access changed",
        ),
        (
            "s3:PutBucketPolicy",
            {"bucketPolicy": statement(FOREIGN)},
            "high: bucket opened to another account",
        ),
        (
            "s3:PutBucketPolicy",
            {"bucketPolicy": statement({"AWS": OWN})},
            "low: bucket access changed",
        ),
        ("s3:PutBucketAcl", {"x-amz-acl": ["public-read"]}, "high: bucket opened to everyone"),
        (
            "s3:PutBucketAcl",
            {"AccessControlPolicy": {"AccessControlList": {"Grant": [ALL_USERS]}}},
            "high: bucket opened to everyone",
        ),
        ("s3:PutBucketPublicAccessBlock", {"PublicAccessBlockConfiguration": ALL_BLOCKED}, ""),
        (
            "s3:PutBucketPublicAccessBlock",
            {"PublicAccessBlockConfiguration": ALL_BLOCKED | {"IgnorePublicAcls": False}},
            "high: public access block weakened",
        ),
        (
            "s3:PutBucketLifecycle",
            {"LifecycleConfiguration": {"Rule": {"Status": "Enabled", "Expiration": {"Days": 1}}}},
            "high: objects set to expire within a week",
        ),
        (
            "s3:PutBucketLifecycle",
            {"LifecycleConfiguration": {"Rule": {"Status": "Enabled", "Expiration": {"Days": 90}}}},
            "low: bucket lifecycle changed",
        ),
        (
            "s3:PutBucketLogging",
            {"BucketLoggingStatus": {"xmlns": "x"}},
            "medium: bucket access logging turned off",
        ),
        ("s3:PutBucketVersioning", {"VersioningConfiguration": {"Status": "Enabled"}}, ""),
        ("iam:CreateAccessKey", {"userName": "jo"}, "medium: access key made"),
        ("iam:CreateAccessKey", {"userName": "mallory"}, "high: access key made for another user"),
        (
            "iam:CreateLoginProfile",
            {"userName": "mallory"},
            "high: console password made for a user",
        ),
        ("iam:CreateLoginProfile", {}, "critical: console password made for root"),
        ("iam:AttachUserPolicy", {"policyArn": ADMIN}, "high: administrator policy attached"),
        (
            "iam:AttachUserPolicy",
            {"policyArn": QUARANTINE},
            "critical: AWS quarantined a leaked access key",
        ),
        (
            "iam:AttachUserPolicy",
            {"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            "low: policy attached",
        ),
        (
            "iam:PutUserPolicy",
            {"policyDocument": json.dumps(EVERYTHING)},
            "high: policy allows everything",
        ),
        ("iam:PutUserPolicy", {"policyDocument": "{broken"}, "medium: inline policy written"),
        (
            "iam:PutUserPolicy",
            {"omitted": True, "reason": "requestParameters too large"},
            "medium: policy text omitted by CloudTrail",
        ),
        ("iam:PutUserPolicy", {"omitted": "true"}, "medium: policy text omitted by CloudTrail"),
        (
            "iam:UpdateAssumeRolePolicy",
            {"policyDocument": json.dumps(statement(FOREIGN))},
            "high: role trusts another account",
        ),
        (
            "iam:UpdateAssumeRolePolicy",
            {"policyDocument": json.dumps(statement({"Service": "ec2.amazonaws.com"}))},
            "medium: role trust changed",
        ),
        (
            "kms:PutKeyPolicy",
            {"policy": json.dumps(statement(FOREIGN))},
            "high: encryption key opened to another account",
        ),
        ("ssm:GetParameter", {"withDecryption": True}, "low: parameter read in clear"),
        ("ssm:GetParameter", {"withDecryption": False}, ""),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            ingress("0.0.0.0/0", (22, 22)),
            "high: SSH opened to the internet",
        ),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            ingress("0.0.0.0/0", (0, 65535)),
            "high: SSH opened to the internet",
        ),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            ingress("0.0.0.0/0", (3389, 3389)),
            "high: remote desktop opened to the internet",
        ),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            ingress("0.0.0.0/0", (0, 0), "-1"),
            "high: every port opened to the internet",
        ),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            ingress("0.0.0.0/0", (443, 443)),
            "medium: port opened to the internet",
        ),
        ("ec2:AuthorizeSecurityGroupIngress", ingress("10.0.0.0/8", (22, 22)), ""),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            {"cidrIp": "0.0.0.0/0", "fromPort": 22, "toPort": 22},
            "high: SSH opened to the internet",
        ),
        (
            "ec2:ModifySnapshotAttribute",
            {"createVolumePermission": {"add": {"items": [{"group": "all"}]}}},
            "critical: snapshot or image made public",
        ),
        (
            "ec2:ModifySnapshotAttribute",
            {"createVolumePermission": {"add": {"items": [{"userId": OTHER}]}}},
            "high: snapshot or image shared with another account",
        ),
        (
            "ec2:ModifySnapshotAttribute",
            {"createVolumePermission": {"remove": {"items": [{"userId": OTHER}]}}},
            "",
        ),
        ("ec2:RunInstances", {"instanceType": "p2.xlarge"}, "medium: accelerated instance started"),
        ("ec2:RunInstances", {"instanceType": "t3.micro"}, ""),
        ("guardduty:UpdateDetector", {"enable": False}, "critical: GuardDuty turned off"),
        ("guardduty:UpdateDetector", {"enable": True}, ""),
        ("logs:PutRetentionPolicy", {"retentionInDays": 1}, "medium: logs kept for a week at most"),
        ("logs:PutRetentionPolicy", {"retentionInDays": 365}, ""),
        (
            "lambda:AddPermission20150331v2",
            {"principal": "*"},
            "high: function or layer opened to everyone",
        ),
        (
            "lambda:AddPermission20150331v2",
            {"principal": OTHER},
            "high: function or layer opened to another account",
        ),
        (
            "lambda:AddPermission20150331v2",
            {"principal": "s3.amazonaws.com"},
            "low: function or layer access changed",
        ),
        (
            "rds:ModifyDBSnapshotAttribute",
            {"valuesToAdd": ["all"]},
            "critical: database snapshot made public",
        ),
        ("rds:DeleteDBInstance", {"skipFinalSnapshot": False}, ""),
        (
            "eks:AssociateAccessPolicy",
            {"policyArn": CLUSTER_ADMIN},
            "high: cluster administrator added",
        ),
        ("organizations:LeaveOrganization", None, "critical: account left the organization"),
        ("ec2:StartInstances", {"instancesSet": {}}, ""),
    ],
)
def test_a_call_that_worked(name: str, request_: object, expected: str) -> None:
    severity, reason = signal(name, request_)
    assert (f"{Severity(severity).name.lower()}: {reason}" if reason else "") == expected


NO_MFA = {"MFAUsed": "No"}


@pytest.mark.parametrize(
    ("actor", "additional", "expected"),
    [
        (USER, NO_MFA, (Severity.MEDIUM, "console sign-in without MFA")),
        (USER, {"MFAUsed": "Yes"}, (Severity.NONE, None)),
        (ROOT, {"MFAUsed": "Yes"}, (Severity.HIGH, "root signed in")),
        (ROOT, NO_MFA, (Severity.CRITICAL, "root signed in without MFA")),
        (Actor("jo", "AssumedRole"), NO_MFA, (Severity.NONE, None)),
    ],
)
def test_a_sign_in_without_mfa_counts_unless_it_is_federated(
    actor: Actor, additional: object, expected: tuple[int, str | None]
) -> None:
    assert signal("signin:ConsoleLogin", actor=actor, additional=additional) == expected


def test_a_failed_sign_in_is_worth_knowing_and_more_so_for_root() -> None:
    failed = Outcome("Failure", None, Result.DENIED)
    assert signal("signin:ConsoleLogin", outcome=failed) == (Severity.LOW, "sign-in failed")
    as_root = signal("signin:ConsoleLogin", actor=ROOT, outcome=failed, additional=NO_MFA)
    assert as_root == (Severity.HIGH, "root sign-in failed")


def test_root_is_worth_a_look_and_an_explanation_when_it_changes_something() -> None:
    assert signal("s3:ListBuckets", actor=ROOT, read_only=True) == (Severity.MEDIUM, "root used")
    assert signal("ec2:CreateVpc", actor=ROOT) == (Severity.HIGH, "root made a change")
    assert signal("ec2:CreateVpc", actor=ROOT, outcome=DENIED).reason == "root made a change"


def test_a_service_acting_for_root_is_not_root() -> None:
    assert (
        signal("ec2:CreateVpc", actor=ROOT._replace(via="cloudformation.amazonaws.com")) == Signal()
    )


def test_a_refusal_is_worth_knowing() -> None:
    assert signal("ec2:DescribeVpcs", outcome=DENIED) == (Severity.LOW, "access denied")


def test_a_denied_attempt_at_a_high_action_is_one_lower_than_its_success() -> None:
    attempt = signal("cloudtrail:StopLogging", outcome=DENIED)
    assert attempt == (Severity.HIGH, "attempted: CloudTrail logging stopped")
    assert signal("iam:CreateUser", outcome=DENIED) == (Severity.LOW, "access denied")


def test_a_call_that_failed_otherwise_is_no_signal() -> None:
    failed = Outcome("TrailNotFoundException", "TrailNotFoundException", Result.FAILED)
    assert signal("cloudtrail:StopLogging", outcome=failed) == Signal()


def test_probing_principals_through_a_trust_policy_shows_in_its_failures() -> None:
    code = "MalformedPolicyDocumentException"
    probe = signal("iam:UpdateAssumeRolePolicy", outcome=Outcome(code, code, Result.FAILED))
    assert probe.reason == "principal probed through a role's trust"


def test_a_refusal_by_an_endpoint_policy_means_foreign_credentials() -> None:
    refused = Outcome("VpceAccessDenied", "VpceAccessDenied", Result.DENIED)
    assert signal("s3:GetObject", outcome=refused).severity == Severity.HIGH


def test_no_account_is_foreign_where_the_caller_has_none() -> None:
    request = {"bucketPolicy": statement(FOREIGN)}
    actor = USER._replace(account=None)
    assert signal("s3:PutBucketPolicy", request, actor=actor).severity == Severity.LOW


def test_the_highest_severity_wins_wherever_its_rule_stands() -> None:
    assert signal("cloudtrail:StopLogging", actor=ROOT).reason == "CloudTrail logging stopped"
    omitted = signal("iam:PutUserPolicy", {"omitted": True}, actor=ROOT)
    assert omitted.reason == "root made a change"


def test_a_policy_text_nested_too_deep_is_passed_over() -> None:
    request = {"policyDocument": '{"Statement":' + "[" * 200_000}
    assert signal("iam:PutUserPolicy", request).reason == "inline policy written"


def test_insights_are_signals_and_summaries_are_none() -> None:
    call = call_from("cloudtrail.amazonaws.com", "StopLogging", None, "Insight", None)
    assert signal_of(call, USER, Outcome()).severity == Severity.MEDIUM
    assert signal_of(call._replace(category="Aggregated"), USER, Outcome()) == Signal()


def test_only_the_needed_parts_are_asked_for() -> None:
    assert needs_parameters("s3", "PutBucketPolicy") == (True, False, False)
    assert needs_parameters("signin", "ConsoleLogin") == (False, False, True)
    assert needs_parameters("ec2", "DescribeInstances") == (False, False, False)


@pytest.mark.parametrize(
    "row",
    [
        {"path": "requestparameters.a", "any_of": ["x"]},
        {"path": "requestParameters.a", "like": "x"},
        {"path": "requestParameters.a"},
        {"path": "requestParameters.a", "at_most": "many"},
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(row: Mapping[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        Condition.of(row)


@pytest.mark.parametrize(
    "row",
    [row for row in rows(table("signals")["rule"]) if "when" not in row],
    ids=lambda row: row["reason"],
)
def test_every_rule_without_conditions_is_heard(row: Mapping[str, object]) -> None:
    result = next(iter(texts(row.get("results"))), Result.OK)
    for service in texts(row.get("services")) or ("any",):
        for action in texts(row.get("actions")) or ("Any",):
            heard = signal(f"{service}:{action}", outcome=Outcome("E", "E", result))
            assert heard.severity >= Severity[str(row["severity"]).upper()]


def test_a_reason_is_a_short_sentence_that_fits_a_column() -> None:
    reasons = [str(row["reason"]) for row in rows(table("signals")["rule"])]
    assert all(0 < len(reason) <= 60 for reason in reasons)
    assert not any(reason.endswith(".") for reason in reasons)
