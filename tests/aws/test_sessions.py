"""Accounts come from boto3's own chain, and what goes wrong there is said in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.utils import parse_timestamp

from tests.servers.aws import LoopbackAws
from tests.servers.faults import Fault, Rule
from tests.servers.fixtures import aws, loopback
from tests.servers.history import ACCOUNT
from tui.errors import CredentialsError, NotPermitted, SourceError
from tui.sources.aws.problems import Doing, code_of, is_passing, is_throttle, problem
from tui.sources.aws.sessions import Account, Identity, moment, profiles

__all__ = ["aws", "loopback"]
OTHER = "222222222222"
OTHER_KEY = "AKIAOTHEREXAMPLEOTHE"
DOING = Doing("The bucket", "s3:GetObject", "audit", "eu-west-1")


@pytest.fixture
def account(aws: LoopbackAws) -> Iterator[Account]:
    assert aws.url.startswith("http://127.0.0.1:")
    account = Account()
    yield account
    account.close()


@pytest.fixture
def config(aws: LoopbackAws, tmp_path: Path) -> Path:
    """A configuration with two profiles; the second belongs to another account."""
    aws.accounts[OTHER_KEY] = OTHER
    (tmp_path / "aws-config").write_text(
        "[profile home]\nregion = eu-west-1\n[profile other]\nregion = ap-south-1\n"
    )
    (tmp_path / "aws-credentials").write_text(
        "[home]\naws_access_key_id = AKIAHOMEEXAMPLEHOMEE\naws_secret_access_key = x\n"
        f"[other]\naws_access_key_id = {OTHER_KEY}\naws_secret_access_key = x\n"
    )
    return tmp_path


def refused(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Something")


def test_the_default_chain_is_an_account(account: Account) -> None:
    identity = account.identity()
    assert identity.account == ACCOUNT
    assert identity.partition == "aws"


def test_the_partition_is_that_of_the_arn() -> None:
    assert Identity("1", "arn:aws-cn:iam::1:user/x").partition == "aws-cn"
    assert Identity("1", "").partition == "aws"


@pytest.mark.usefixtures("config")
def test_each_profile_is_its_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert set(profiles()) == {"home", "other"}
    accounts = [Account("home"), Account("other")]
    assert [each.identity().account for each in accounts] == [ACCOUNT, OTHER]
    assert [each.client("sts").meta.region_name for each in accounts] == ["eu-west-1", "ap-south-1"]
    for each in accounts:
        each.close()


def test_one_client_of_a_service_serves_every_thread(account: Account) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: id(account.client("cloudtrail", "eu-west-1")), range(32)))
    assert len(set(made)) == 1
    assert made[0] != id(account.client("cloudtrail", "eu-west-1", paced=True))


def test_only_clients_that_are_not_paced_repeat_a_call(aws: LoopbackAws, account: Account) -> None:
    rule = aws.faults.add(Rule(Fault.INTERNAL, target="DescribeTrails", nth={1}))
    with pytest.raises(ClientError):
        account.client("cloudtrail", paced=True).describe_trails()
    assert rule.met == 1
    rule.nth = {2}
    assert account.client("cloudtrail").describe_trails()["trailList"] == []
    assert rule.met == 3


def test_given_regions_are_taken_as_they_are(aws: LoopbackAws) -> None:
    found = Account(regions=("eu-west-1", "eu-west-1", "xx-new-9")).regions()
    assert found.names == ("eu-west-1", "xx-new-9")
    assert not aws.asked


def test_regions_are_the_enabled_ones(aws: LoopbackAws, account: Account) -> None:
    aws.enabled = ("us-east-1", "eu-central-2")
    found = account.regions()
    assert found.names == ("eu-central-2", "us-east-1")
    assert "account:ListRegions" in found.origin


def test_regions_come_from_ec2_where_the_first_way_is_denied(account: Account) -> None:
    found = account.regions()
    assert {"us-east-1", "eu-west-1"} <= set(found.names)
    assert "ec2:DescribeRegions" in found.origin


def test_the_own_region_is_left_where_all_is_denied_and_says_so(
    aws: LoopbackAws, account: Account
) -> None:
    aws.faults.add(Rule(Fault.ACCESS_DENIED, service="ec2"))
    found = account.regions()
    assert found.names == ("us-east-1",)
    assert "Only the profile's own Region" in found.origin


def test_no_region_at_all_is_a_sentence(aws: LoopbackAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    aws.faults.add(Rule(Fault.ACCESS_DENIED, service="ec2"))
    account = Account()
    with pytest.raises(SourceError, match="Name them with --region"):
        account.regions()
    account.close()


def test_expired_credentials_are_no_reason_to_read_fewer_regions(
    aws: LoopbackAws, account: Account
) -> None:
    aws.faults.add(Rule(Fault.EXPIRED_TOKEN, service="account"))
    with pytest.raises(CredentialsError, match="expired"):
        account.regions()


def test_the_name_is_that_of_the_organization_or_the_alias_or_the_id(account: Account) -> None:
    assert account.name() == ACCOUNT
    account.client("iam").create_account_alias(AccountAlias="acme-prod")
    assert account.name() == "acme-prod"
    account.client("organizations").create_organization(FeatureSet="ALL")
    assert account.name() == "master"


def test_renewed_credentials_are_read_anew(config: Path) -> None:
    account = Account("home")
    assert account.identity().account == ACCOUNT
    first = account.client("sts")
    credentials = config / "aws-credentials"
    credentials.write_text(credentials.read_text().replace("AKIAHOMEEXAMPLEHOMEE", OTHER_KEY))
    assert account.client("sts").get_caller_identity()["Account"] == ACCOUNT
    account.renew()
    assert account.client("sts") is not first
    assert account.identity().account == OTHER
    account.close()


@pytest.mark.usefixtures("aws")
def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(SourceError, match="there is no profile nobody"):
        Account("nobody").identity()


def test_no_credentials_say_how_to_get_some(
    aws: LoopbackAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    account = Account()
    with pytest.raises(CredentialsError, match=r"no credentials were found\. Run `aws sso login"):
        account.identity()
    account.close()
    assert not aws.asked


@pytest.mark.usefixtures("aws")
def test_an_address_that_is_none_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    with pytest.raises(SourceError, match="Check AWS_ENDPOINT_URL"):
        Account(regions=("us-east-1",)).client("sts")


def test_a_name_that_is_no_region_is_explained(aws: LoopbackAws) -> None:
    with pytest.raises(SourceError, match="the Region us east is not one"):
        Account(regions=("us east",)).client("cloudtrail", "us east")
    assert not aws.asked


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException"])
def test_expired_credentials_name_the_login_of_the_profile(code: str) -> None:
    error = problem(refused(code), DOING)
    assert isinstance(error, CredentialsError)
    assert "`aws sso login --profile audit`" in str(error)


def test_a_denial_names_the_permission_of_the_call() -> None:
    error = problem(refused("AccessDenied", "Access Denied"), DOING)
    assert type(error) is NotPermitted
    assert "The bucket could not be read: it needs the permission s3:GetObject." in str(error)


def test_a_denial_names_the_permission_that_aws_names() -> None:
    said = "User: x is not authorized to perform: kms:Decrypt on resource: y"
    assert "the permission kms:Decrypt." in str(problem(refused("AccessDenied", said), DOING))


@pytest.mark.parametrize(
    ("operation", "permission"),
    [("AssumeRole", "sts:AssumeRole"), ("GetRoleCredentials", "sso:GetRoleCredentials")],
)
def test_a_denied_way_to_credentials_is_told_from_the_call(operation: str, permission: str) -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "No access"}}, operation)
    assert f"the permission {permission}." in str(problem(denied, DOING))


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "InvalidSignatureException"])
@pytest.mark.parametrize(
    "said",
    [
        "Signature expired: 20261120T123456Z is now earlier than 20261120T140000Z",
        "Signature not yet current: 20261120T153456Z is still later than 20261120T141500Z",
    ],
)
def test_a_wrong_clock_is_told_from_a_wrong_key(code: str, said: str) -> None:
    clock, key = problem(refused(code, said), DOING), problem(refused(code, "Check it"), DOING)
    assert type(clock) is SourceError
    assert "for another time" in str(clock)
    assert said in str(clock)
    assert "Check the clock of this machine." in str(clock)
    assert isinstance(key, CredentialsError)
    assert "Check that the key exists" in str(key)


def test_every_way_to_sign_in_again_is_for_new_credentials() -> None:
    for error in (
        UnauthorizedSSOTokenError(),
        TokenRetrievalError(provider="sso", error_msg="expired"),
        CredentialRetrievalError(provider="process", error_msg="exit 1"),
    ):
        assert isinstance(problem(error, DOING), CredentialsError)


def test_an_unknown_error_is_told_in_the_words_of_aws_without_line_breaks() -> None:
    text = str(problem(refused("StrangeException", "one\r\ntwo {code} " + "x" * 999), DOING))
    assert "StrangeException: one two {code} xxx" in text
    assert len(text) < 450


def test_throttling_and_passing_trouble_are_told_apart() -> None:
    assert is_throttle(refused("ThrottlingException"))
    assert not is_passing(refused("ThrottlingException"))
    offline = EndpointConnectionError(endpoint_url="https://x")
    assert (is_passing(offline), code_of(offline)) == (True, "EndpointConnectionError")
    assert not is_passing(refused("AccessDenied"))
    assert re.search(r"could not be reached\. Check the network", str(problem(offline, DOING)))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T12:34:56Z",
        "2026-11-20T12:34:56.789Z",
        "2026-11-20T12:34:56+02:00",
        "Fri, 20 Nov 2026 12:34:56 GMT",
        1_795_178_096.5,
        "1795178096",
    ],
)
def test_times_in_answers_are_read_as_botocore_reads_them(text: object) -> None:
    assert moment(text) == parse_timestamp(text)
    assert moment(text).utcoffset() is not None
