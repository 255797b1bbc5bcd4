# mypy: disable-error-code="import-untyped"
"""Accounts: one profile of boto3's own chain each, its clients, who it is and its Regions.

Owns how clients are made: the user agent that tells our calls from others in the log, time-outs
and retries. Only reads from AWS. No credential is looked at, kept or shown here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import RLock
from typing import NamedTuple

import boto3
import botocore.session
from botocore.config import Config
from botocore.utils import parse_timestamp

from tui import __version__
from tui.errors import CredentialsError, SourceError
from tui.sources.aws import models
from tui.sources.aws.answers import check, required
from tui.sources.aws.clock import AwsClock
from tui.sources.aws.problems import FAILURES, Doing, explained, problem
from tui.sources.aws.shapes import Answer, Client

AGENT = f"trailhound/{__version__}"
"""Ends the user agent of every call, so that the explorer's own calls can be hidden."""
_ANYWHERE = "us-east-1"
"""Where global services are asked by a profile without a Region."""
_CONNECT_S = 10
_READ_S = 60
_CONNECTIONS = 64
_ATTEMPTS = 5

_WHERE_REQUIRED = "when_required"
"""No checksums of S3's own: digests and gzip have theirs, and a length tells what was cut short."""

_COMMON = Config(
    user_agent=f"Boto3/{boto3.__version__}",  # botocore builds its own, 16 parts, for each call
    user_agent_extra=AGENT,
    request_checksum_calculation=_WHERE_REQUIRED,
    response_checksum_validation=_WHERE_REQUIRED,
    connect_timeout=_CONNECT_S,
    read_timeout=_READ_S,
    max_pool_connections=_CONNECTIONS,
)
_RETRIED = _COMMON.merge(Config(retries={"mode": "standard", "total_max_attempts": _ATTEMPTS}))
_PACED = _COMMON.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}))
"""For calls that a pacer repeats: boto3's own retries would not keep its pace."""
_STREAM_READ_S = 15
"""Seconds without a sign of life after which a stream is dead; those of AWS give one a second."""
_STREAMED = _PACED.merge(Config(read_timeout=_STREAM_READ_S))
_PLAIN_HOST = Config(inject_host_prefix=False)
_AWS_HOSTS = "amazonaws."
"""In every address of AWS itself, of whatever partition."""


class Identity(NamedTuple):
    """Who the credentials belong to."""

    account: str
    arn: str

    @property
    def partition(self) -> str:
        """The partition: `aws`, `aws-cn` or `aws-us-gov`."""
        return self.arn.split(":")[1] if self.arn.count(":") > 1 else "aws"


class Regions(NamedTuple):
    """The Regions to read."""

    names: tuple[str, ...]
    origin: str
    """Says where they come from, as a sentence."""
    whole: bool = True
    """Whether these are all that were meant."""


def profiles() -> tuple[str, ...]:
    """Return the names of the profiles on this machine; raises SourceError."""
    with explained(Doing("The list of profiles", "none")):
        return tuple(boto3.Session().available_profiles)


def _core() -> botocore.session.Session:
    """Return what boto3 builds a session on, with our ways to read models and times in answers."""
    core = botocore.session.Session()
    core.register_component("data_loader", models.loader(core.get_config_variable("data_path")))
    parsers = core.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=moment)
    return core


def moment(text: object) -> datetime:
    """Return a time of an answer as botocore does; in ISO 8601 it takes a twentieth of the time.

    A listing has a thousand of them, and reading them took as long as all the rest of it.
    """
    if isinstance(text, str) and text.endswith("Z"):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    read: datetime = parse_timestamp(text)
    return read


class Account:
    """What one profile (or the default chain) leads to; safe to share between threads.

    `profile` is a name from the AWS configuration or None for the default chain; `regions` are
    taken as given, or found when empty. Nothing is asked of AWS, and no file read, before it is
    needed. Every method raises SourceError, and CredentialsError where new credentials would help.
    """

    def __init__(
        self,
        profile: str | None = None,
        regions: Sequence[str] = (),
        clock: AwsClock | None = None,
    ) -> None:
        self.profile = profile
        self.clock = clock or AwsClock()
        """AWS's time, as its answers tell."""
        self._given = tuple(dict.fromkeys(regions))
        self._lock = RLock()
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str, Config], Client] = {}
        self._retired: list[Client] = []
        self._identity: Identity | None = None

    @property
    def label(self) -> str:
        """What to call it before AWS said which account it is."""
        return f"profile {self.profile}" if self.profile else "the default credentials"

    def client(self, service: str, region: str | None = None, *, paced: bool = False) -> Client:
        """Return the client of a service, always the same one.

        `paced` is for calls that the caller repeats itself: boto3 will not.
        """
        return self._kept(service, region, _PACED if paced else _RETRIED)

    def streaming(self, service: str, region: str | None = None) -> Client:
        """Return the client for a service's event streams, which neither repeats nor waits long."""
        return self._kept(service, region, _STREAMED)

    def _kept(self, service: str, region: str | None, config: Config) -> Client:
        with self._lock:
            where = region or self._home()
            key = (service, where, config)
            if key not in self._clients:
                self._clients[key] = self._made(service, where, config)
            return self._clients[key]

    def identity(self) -> Identity:
        """Return who the credentials belong to; needs no permission."""
        with self._lock:
            if self._identity is None:
                with explained(self._doing("sts:GetCallerIdentity")):
                    told = self._ask("sts", "get_caller_identity", "sts:GetCallerIdentity")
                    answer = required(told, "Account", "Arn")
                self._identity = Identity(str(answer["Account"]), str(answer["Arn"]))
            return self._identity

    def regions(self) -> Regions:
        """Return the Regions given, or those enabled, or at least one, saying which it is."""
        if self._given:
            return Regions(self._given, "The Regions that were named.")
        return self._enabled() or self._only()

    def enabled(self) -> tuple[str, ...]:
        """Return the Regions enabled, whichever were given; none if they may not be asked for."""
        found = self._enabled()
        return found.names if found else ()

    def _enabled(self) -> Regions | None:
        for find, origin in (
            (self._listed, "The Regions enabled for the account (account:ListRegions)."),
            (self._described, "The Regions enabled for the account (ec2:DescribeRegions)."),
        ):
            try:
                names = find()
            except CredentialsError:
                raise
            except SourceError:  # the next way may be allowed
                continue
            if names:
                return Regions(names, origin)
        return None

    def names(self) -> dict[str, str]:
        """Return names by account: the whole organization's, or this one's if it has any."""
        try:
            names = self._members()
        except CredentialsError:
            raise
        except SourceError:  # only the management account and delegated administrators may ask
            names = {}
        account = self.identity().account
        if account not in names and (name := self.name()) != account:
            names[account] = name
        return names

    def name(self) -> str:
        """Return the account's name in Organizations, else its alias, else its id."""
        account = self.identity().account
        try:
            answer = self._ask(
                "organizations",
                "describe_account",
                "organizations:DescribeAccount",
                AccountId=account,
            )
            if found := answer.get("Account", {}).get("Name"):
                return str(found)
        except CredentialsError:
            raise
        except SourceError:  # most accounts may not ask
            pass
        try:
            answer = self._ask("iam", "list_account_aliases", "iam:ListAccountAliases")
        except CredentialsError:
            raise
        except SourceError:
            return account
        return str(next(iter(answer.get("AccountAliases", ())), account))

    def renew(self, used: Client | None = None) -> None:
        """Read the credentials anew from now on: they expired and may be good again.

        Does nothing if that was done since the client that was `used` was handed out.
        """
        with self._lock:
            if used is not None and all(used is not each for each in self._clients.values()):
                return
            self._retired += self._clients.values()
            self._clients = {}
            self._session = None
            self._identity = None

    def close(self) -> None:
        """Close the connections of every client there was."""
        with self._lock:
            for client in (*self._clients.values(), *self._retired):
                client.close()
            self._clients, self._retired = {}, []

    def _doing(self, permission: str, region: str | None = None) -> Doing:
        return Doing(f"AWS, with {self.label},", permission, self.profile, region)

    def _opened(self) -> boto3.Session:
        """Return the session; with the lock held, as making one is not safe in threads."""
        if self._session is None:
            with explained(self._doing("none")):
                self._session = boto3.Session(botocore_session=_core(), profile_name=self.profile)
        return self._session

    def _home(self) -> str:
        region = self._opened().region_name
        return str(region) if region else next(iter(self._given), _ANYWHERE)

    def _made(self, service: str, region: str, config: Config) -> Client:
        made = self._opened().client
        try:
            client: Client = made(service, region_name=region, config=config)
            if config is _STREAMED and _AWS_HOSTS not in client.meta.endpoint_url:
                # streams have a host name of their own, which nobody else's endpoint has
                client = made(service, region_name=region, config=config.merge(_PLAIN_HOST))
        except FAILURES as error:
            raise problem(error, self._doing("none", region)) from error
        except ValueError as error:  # what botocore raises for an endpoint that is no address
            raise SourceError(
                f"AWS, with {self.label}, could not be read: {error}. "
                "Check AWS_ENDPOINT_URL and the name of the Region."
            ) from error
        client.meta.events.register("after-call", self.clock.listen, unique_id="trailhound-clock")
        check(client)
        return client

    def _ask(self, service: str, operation: str, permission: str, **asked: object) -> Answer:
        client = self.client(service)
        with explained(self._doing(permission, client.meta.region_name)):
            answer: Answer = getattr(client, operation)(**asked)
        return answer

    def _listed(self) -> tuple[str, ...]:
        enabled = ["ENABLED", "ENABLED_BY_DEFAULT"]
        asked: dict[str, object] = {"RegionOptStatusContains": enabled, "MaxResults": 50}
        names: list[str] = []
        while True:
            answer = self._ask("account", "list_regions", "account:ListRegions", **asked)
            names += [str(each["RegionName"]) for each in answer.get("Regions", ())]
            if not answer.get("NextToken"):
                return tuple(sorted(names))
            asked["NextToken"] = answer["NextToken"]

    def _members(self) -> dict[str, str]:
        asked: dict[str, object] = {}
        names: dict[str, str] = {}
        while True:
            permission = "organizations:ListAccounts"
            answer = self._ask("organizations", "list_accounts", permission, **asked)
            names |= {str(each["Id"]): str(each["Name"]) for each in answer.get("Accounts", ())}
            if not answer.get("NextToken"):
                return names
            asked["NextToken"] = answer["NextToken"]

    def _described(self) -> tuple[str, ...]:
        answer = self._ask("ec2", "describe_regions", "ec2:DescribeRegions", AllRegions=False)
        return tuple(sorted(str(each["RegionName"]) for each in answer.get("Regions", ())))

    def _only(self) -> Regions:
        with self._lock:
            region = self._opened().region_name
        if not region:
            raise SourceError(
                f"The Regions of {self.label} are not known: neither account:ListRegions nor "
                "ec2:DescribeRegions answered, and the profile names none. Name them with --region."
            )
        return Regions(
            (str(region),),
            "Only the profile's own Region: neither account:ListRegions nor ec2:DescribeRegions "
            "answered. Name others with --region.",
            whole=False,
        )
