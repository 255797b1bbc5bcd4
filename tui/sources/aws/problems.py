# mypy: disable-error-code="import-untyped"
"""What went wrong at AWS, as sentences: what happened, why, what to do.

Owns the table of error codes; it decides nothing about going on. A code is AWS's own for what AWS
refused, and the name of botocore's exception for what never reached AWS.

Sources: "Common errors" and the error lists of the CloudTrail, S3, STS and EC2 API references;
botocore.exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from tui.errors import CredentialsError, NotPermitted, SourceError

FAILURES = (BotoCoreError, ClientError, ResponseParserError)
"""All that a call of a boto3 client raises for what happens outside of this program."""
_LONGEST = 300
"""Characters of AWS's own words that a sentence repeats."""
_NAMED = re.compile(r"not authorized to perform: ([a-z0-9-]{2,40}:[A-Za-z]{2,80})\b")
"""Where AWS names the permission that is missing, which may be another than that of the call."""

_CLOCK = re.compile(r"Signature (?:expired|not yet current)")
"""How AWS says, under the codes of a wrong key, that a request was signed for another time."""

_CREDENTIAL_CALLS = {
    name: f"{service}:{name}"
    for service, name in (
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithWebIdentity"),
        ("sso", "GetRoleCredentials"),
    )
}
"""Calls that boto3 makes by itself to get credentials, and what they need."""


class Doing(NamedTuple):
    """What was being done when it went wrong."""

    what: str
    """Begins the sentence: `Event history of 123456789012 in us-east-1`."""
    permission: str
    """What the call needs: `cloudtrail:LookupEvents`."""
    profile: str | None = None
    region: str | None = None


class _Row(NamedTuple):
    codes: str
    """One or more, with spaces between."""
    why: str
    todo: str
    kind: type[SourceError] = SourceError


_LOGIN = "Run `{login}`, or renew the credentials the way you got them."
_PERMISSION = "Ask for that permission; `trailhound doctor --policy` prints all that are needed."
_LATER = "Try again in a moment."

_TABLE = (
    _Row(
        "ExpiredToken ExpiredTokenException TokenRefreshRequired SSOError",
        "the credentials have expired",
        _LOGIN,
        CredentialsError,
    ),
    _Row(
        "TokenRetrievalError UnauthorizedException",
        "the sign-in of IAM Identity Center has expired",
        _LOGIN,
        CredentialsError,
    ),
    _Row(
        "LoginError",
        "the sign-in of the AWS CLI has expired or cannot be used",
        "Run `{cli}`.",
        CredentialsError,
    ),
    _Row(
        "NoCredentialsError NoAuthTokenError",
        "no credentials were found",
        "Run `{login}` or `aws configure`, or name a profile with --profile.",
        CredentialsError,
    ),
    _Row(
        "PartialCredentialsError CredentialRetrievalError MetadataRetrievalError "
        "UnknownCredentialError RefreshWithMFAUnsupportedError",
        "the credentials could not be got ({message})",
        "Check the profile in the AWS configuration.",
        CredentialsError,
    ),
    _Row(
        "InvalidClientTokenId InvalidAccessKeyId SignatureDoesNotMatch "
        "InvalidSignatureException InvalidToken",
        "AWS does not accept the access key",
        "Check that the key exists, is active and goes with its secret.",
        CredentialsError,
    ),
    _Row(
        "UnrecognizedClientException AuthFailure OptInRequired",
        "AWS does not accept the access key in {region}",
        "Check that the Region is enabled for the account, and that the key is active.",
    ),
    _Row(
        "RequestTimeTooSkewed RequestExpired",
        "the request was signed for another time ({message})",
        "Check the clock of this machine.",
    ),
    _Row(
        "AccessDenied AccessDeniedException UnauthorizedOperation AllAccessDisabled 403 "
        "Forbidden ForbiddenException",
        "it needs the permission {permission}",
        _PERMISSION,
        NotPermitted,
    ),
    _Row(
        "OperationNotPermittedException UnsupportedOperationException",
        "AWS does not offer this here ({message})",
        "Leave it out, or use another Region.",
    ),
    _Row(
        "EndpointConnectionError ConnectTimeoutError ProxyConnectionError",
        "AWS could not be reached",
        "Check the network and the name of the Region; what is in the cache stays usable.",
    ),
    _Row(
        "SSLError",
        "the certificate of AWS could not be checked",
        "Check the proxy, or name its certificates in AWS_CA_BUNDLE.",
    ),
    _Row(
        "ThrottlingException Throttling ThrottledException TooManyRequestsException "
        "RequestLimitExceeded RequestThrottled SlowDown",
        "AWS asks for fewer requests, which other programs may be using up",
        _LATER,
    ),
    _Row(
        "ReadTimeoutError ConnectionClosedError ConnectionError HTTPClientError "
        "ResponseStreamingError IncompleteReadError ResponseParserError",
        "the connection broke off",
        _LATER,
    ),
    _Row(
        "InternalError InternalFailure InternalServerError ServiceUnavailable "
        "ServiceException RequestTimeout 500 502 503 504",
        "AWS had an error of its own",
        _LATER,
    ),
    _Row(
        "ProfileNotFound",
        "there is no profile {profile}",
        "See `aws configure list-profiles` for those there are.",
    ),
    _Row(
        "ConfigParseError ConfigNotFound InvalidConfigError InfiniteLoopConfigError",
        "the AWS configuration cannot be used ({message})",
        "Correct ~/.aws/config.",
    ),
    _Row(
        "NoRegionError InvalidRegionError UnknownRegionError UnknownEndpointError",
        "the Region {region} is not one",
        "Name one with --region, such as eu-west-1.",
    ),
    _Row(
        "ResourceNotFoundException QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue",
        "it does not exist there",
        "Check the name and the Region.",
    ),
    _Row("NoSuchBucket", "there is no such bucket", "Check the name of the bucket."),
    _Row("NoSuchKey 404", "there is no such object", "It may have been deleted."),
    _Row(
        "InvalidObjectState",
        "it is archived in Glacier",
        "Restore the object in S3, then try again.",
    ),
    _Row(
        "TrailNotFoundException InvalidTrailNameException",
        "there is no such trail",
        "Check its ARN and its Region.",
    ),
    _Row(
        "InvalidTimeRangeException",
        "the start of the time range is after its end",
        "Swap --since and --until.",
    ),
)
_UNKNOWN = _Row("", "{code}: {message}", "See the documentation of AWS for this error.")
_ROWS = {code: row for row in _TABLE for code in row.codes.split()}

_THROTTLES = frozenset(_ROWS["ThrottlingException"].codes.split())
_PASSING = frozenset(
    code
    for first in ("ReadTimeoutError", "InternalError", "EndpointConnectionError")
    for code in _ROWS[first].codes.split()
)


def code_of(error: Exception) -> str:
    """Return AWS's error code, or the name of what botocore raised."""
    return next((name for name in _names(error) if name in _ROWS), _names(error)[0])


def is_throttle(error: Exception) -> bool:
    """Return whether AWS asks for fewer requests."""
    return code_of(error) in _THROTTLES


def is_passing(error: Exception) -> bool:
    """Return whether the same call may work a moment later, throttling left aside."""
    return code_of(error) in _PASSING


def problem(error: Exception, doing: Doing) -> SourceError:
    """Return the error for the user: CredentialsError, NotPermitted where others would help."""
    row = _ROWS.get(code_of(error), _UNKNOWN)
    text = _message(error)
    profile = f" --profile {doing.profile}" if doing.profile else ""
    facts = {
        "code": code_of(error),
        "message": " ".join(text.split())[:_LONGEST],
        "permission": _permission(error, text) or doing.permission,
        "profile": doing.profile or "default",
        "region": doing.region or "(none)",
        "login": f"aws sso login{profile}",
        "cli": f"aws login{profile}",
    }
    why, todo = row.why.format(**facts), row.todo.format(**facts)
    return row.kind(f"{doing.what} could not be read: {why}. {todo}")


@contextmanager
def explained(doing: Doing) -> Iterator[None]:
    """Raise what boto3 raises inside as a SourceError that says so."""
    try:
        yield
    except FAILURES as error:
        raise problem(error, doing) from error


def _names(error: Exception) -> list[str]:
    """Return what the error may be known as, the most exact first."""
    if isinstance(error, ClientError):
        if _CLOCK.match(_message(error)):
            return ["RequestTimeTooSkewed"]
        return [str(error.response.get("Error", {}).get("Code", "Unknown"))]
    return [kind.__name__ for kind in type(error).__mro__]


def _permission(error: Exception, message: str) -> str | None:
    """Return the permission that is missing, where the error tells."""
    if named := _NAMED.search(message):
        return named[1]
    return _CREDENTIAL_CALLS.get(getattr(error, "operation_name", ""))


def _message(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Message", ""))
    return str(error)
