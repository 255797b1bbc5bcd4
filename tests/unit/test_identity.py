"""Who made a call, for every kind of identity CloudTrail delivers."""

from __future__ import annotations

import pytest

from tui.deriving.identity import actor_of, machine_made

ACCOUNT = "111122223333"


def assumed(role: str, session: str, **more: object) -> dict[str, object]:
    """Return the identity of a role session."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/path/{role}",
                "userName": role,
            },
            "attributes": {"mfaAuthenticated": "false"},
            **more,
        },
    }


@pytest.mark.parametrize(
    ("identity", "caller"),
    [
        ({"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "userName": "my-alias"}, "root"),
        ({"type": "IAMUser", "userName": "jo"}, "jo"),
        ({"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/team/jo"}, "jo"),
        ({"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/jo"}, "jo"),
        (
            {"type": "SAMLUser", "principalId": "q:sub", "userName": "jo@example.com"},
            "jo@example.com",
        ),
        ({"type": "WebIdentityUser", "userName": "app-1", "identityProvider": "idp"}, "app-1"),
        ({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "store/u-1"}}, "u-1"),
        ({"type": "AWSAccount", "principalId": "AIDAX", "accountId": ACCOUNT}, f"AIDAX@{ACCOUNT}"),
        ({"type": "AWSAccount", "accountId": ACCOUNT}, ACCOUNT),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "ec2.amazonaws.com"),
        ({"type": "Directory", "userName": "jo"}, "jo"),
        ({"type": "Unknown", "principalId": "p-1"}, "p-1"),
        ({"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/path/ci"}, "ci"),
        ({"type": "Role", "userName": "named"}, "named"),
        ({"accountId": ACCOUNT, "invokedBy": "rds.amazonaws.com"}, "rds.amazonaws.com"),
        ({"type": "Unknown"}, "unknown"),
        ({}, "AWS"),
        (None, "AWS"),
        ("arn", "unknown"),
    ],
)
def test_every_kind_of_identity_has_its_caller(identity: object, caller: str) -> None:
    assert actor_of(identity).caller == caller


def test_the_caller_of_a_role_session_is_the_session_name() -> None:
    actor = actor_of(assumed("ci-role", "deploy"))
    assert (actor.caller, actor.session, actor.role) == ("deploy", "deploy", "ci-role")
    assert actor.behind is None
    assert (actor.key, actor.account, actor.mfa) == ("ASIAEXAMPLE", ACCOUNT, "false")


@pytest.mark.parametrize(
    "session",
    [
        "i-0dbc91f429e48eeed",
        "botocore-session-1700000000",
        "AWSCLI-Session",
        "aws-go-sdk-1688990082523310002",
        "aws-sdk-java-1700000000000",
        "1700000000",
        "0f5c1a52-6f0e-4c1e-9d1f-1a2b3c4d5e6f",
        "eks-prod-api-0f5c1a52-6f0e-4c1e-9d1f-1a2b3c4d5e6f",
        "MandoService364061179539770931",
    ],
)
def test_a_machine_made_session_name_gives_way_to_the_role(session: str) -> None:
    actor = actor_of(assumed("ci-role", session))
    assert (actor.caller, actor.session) == ("ci-role", session)


@pytest.mark.parametrize(
    "session", ["jo@example.com", "deploy", "i-am-jo", "jo1990", "GitHubActions", "sessions-admin"]
)
def test_a_session_name_that_people_chose_is_not_machine_made(session: str) -> None:
    assert not machine_made(session)


def test_sessions_of_service_linked_roles_are_named_after_the_role() -> None:
    actor = actor_of(assumed("AWSServiceRoleForRDS", "SLRManagement"))
    assert actor.caller == "AWSServiceRoleForRDS"


def test_an_identity_center_role_shows_permission_set_and_user() -> None:
    actor = actor_of(assumed("AWSReservedSSO_Power_User_0123456789abcdef", "jo@example.com"))
    assert actor.caller == actor.behind == "jo@example.com"
    assert actor.role == "Power_User"


def test_the_source_identity_is_trusted_before_the_identity_center_user() -> None:
    role = "AWSReservedSSO_Admin_0123456789abcdef"
    assert actor_of(assumed(role, "jo", sourceIdentity="mallory")).behind == "mallory"
    assert actor_of(assumed("ci-role", "i-0dbc91f429e48eeed", sourceIdentity="jo")).behind == "jo"


def test_on_behalf_of_stands_behind_a_role_session() -> None:
    identity = assumed("app", "query") | {"onBehalfOf": {"userId": "arn:store/u-1"}}
    assert actor_of(identity).behind == "u-1"


def test_who_asked_for_the_token_stands_behind_a_federated_user() -> None:
    issuer = {"type": "IAMUser", "userName": "jo"}
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/stealth"
    identity = {"type": "FederatedUser", "arn": arn, "sessionContext": {"sessionIssuer": issuer}}
    actor = actor_of(identity)
    assert (actor.caller, actor.behind, actor.role) == ("stealth", "jo", None)


def test_the_session_is_read_from_the_principal_where_the_arn_is_missing() -> None:
    identity = assumed("ci-role", "deploy")
    del identity["arn"]
    actor = actor_of(identity)
    assert (actor.caller, actor.role) == ("deploy", "ci-role")


def test_the_role_is_read_from_the_arn_where_the_issuer_is_empty() -> None:
    identity = assumed("ci-role", "deploy") | {"sessionContext": {"sessionIssuer": {}}}
    assert actor_of(identity).role == "ci-role"


def test_the_service_that_acts_for_a_caller_is_kept_apart() -> None:
    actor = actor_of(
        {"type": "IAMUser", "userName": "jo", "invokedBy": "cloudformation.amazonaws.com"}
    )
    assert (actor.caller, actor.via) == ("jo", "cloudformation.amazonaws.com")


@pytest.mark.parametrize(("delivered", "mfa"), [("true", "true"), (True, "true"), (False, "false")])
def test_mfa_is_text_however_it_is_delivered(delivered: object, mfa: str) -> None:
    context = {"attributes": {"mfaAuthenticated": delivered}}
    assert actor_of({"type": "IAMUser", "sessionContext": context}).mfa == mfa


def test_scalars_of_a_wrong_type_become_text_and_objects_count_as_absent() -> None:
    actor = actor_of(
        {"type": "IAMUser", "userName": {"x": 1}, "accountId": 111122223333, "arn": []}
    )
    assert (actor.account, actor.arn, actor.caller) == (ACCOUNT, None, ACCOUNT)


def test_an_empty_access_key_counts_as_absent() -> None:
    assert actor_of({"type": "IAMUser", "userName": "jo", "accessKeyId": ""}).key is None
