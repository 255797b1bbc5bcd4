"""What S3 refuses, as sentences: what happened, why, and what to do.

Owns the table from error code to sentence, and whose fault a refusal is: that of one object or
folder (OSError: it becomes a stored Skipped, the rest goes on) or that of the whole account
(SourceError: everything else would be refused too). Sentences have no full stop at their end.

Sources: Amazon S3 API reference, "Error responses"; AWS KMS, "Exceptions"; botocore.exceptions.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own name: nothing could be reached
    CredentialRetrievalError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from tui.errors import CredentialsError, SourceError

AwsError: TypeAlias = ClientError | BotoCoreError
AWS_ERRORS = (ClientError, BotoCoreError)

IN_TRANSIT = (HTTPClientError, IncompleteReadError, FlexibleChecksumError, ResponseParserError)
"""The answer was lost or damaged on its way; asking again may help."""

_UNREACHABLE = (ConnectionError, ProxyConnectionError)
_CREDENTIALS = (
    *(NoCredentialsError, PartialCredentialsError, CredentialRetrievalError),
    *(NoAuthTokenError, TokenRetrievalError, SSOError, LoginError),
)
_CREDENTIAL_CODES = frozenset(
    {
        *("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken"),
        *("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidClientTokenId"),
        *("RequestExpired", "UnrecognizedClientException", "MissingAuthenticationToken"),
    }
)
_BUCKET_CODES = {
    "NoSuchBucket": "There is no bucket {bucket}. Check its name, and whether it was deleted.",
    "InvalidBucketName": "{bucket} is no name of a bucket. Check how it is written.",
    "RequestTimeTooSkewed": (
        "AWS refused the request because the clock of this machine is wrong. Set it, and try again."
    ),
}
"""Refusals that everything else in the bucket would meet too."""
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "403", "Forbidden", "AllAccessDenied"}
)
_OBJECT_CODES = {
    "NoSuchKey": "it is not there any more: deleted or moved since it was listed",
    "404": "it is not there any more: deleted or moved since it was listed",
    "InvalidObjectState": (
        "it is archived in S3 Glacier, where it cannot be read. Restore it with "
        "`aws s3api restore-object --bucket {bucket} --key KEY --restore-request Days=7`, "
        "then sync again"
    ),
    "SlowDown": "S3 asked to slow down again and again. Sync again later, or with fewer threads",
    "PermanentRedirect": "the bucket {bucket} is in another region. Name that region",
    "InternalError": "S3 itself failed again and again. Sync again later",
}
_MOST = 300
"""Characters of AWS's own message that are passed on."""


class Asked(NamedTuple):
    """What was asked of S3 when it refused."""

    action: str
    """The permission it takes, such as `s3:GetObject`."""
    bucket: str
    key: str = ""
    """An object's key, or the prefix that was listed."""
    requester_pays: bool = False

    def resource(self) -> str:
        """Return the ARN that the permission is needed on."""
        whole = self.action != "s3:GetObject"
        return f"arn:aws:s3:::{self.bucket}" + ("" if whole else f"/{self.key}")


def refusal(error: AwsError, asked: Asked) -> SourceError | OSError:
    """Return what to raise: OSError if only this object or folder is refused, else SourceError."""
    account = account_problem(error, "S3")
    if account is not None:
        return account
    code = error_code(error)
    if code in _BUCKET_CODES:
        return SourceError(_BUCKET_CODES[code].format(bucket=asked.bucket))
    if is_denied(error):
        return OSError(_denied(error, asked))
    if code in _OBJECT_CODES:
        return OSError(_OBJECT_CODES[code].format(bucket=asked.bucket))
    if code.startswith("KMS."):
        return OSError(f"its KMS key cannot be used: {said(error)}. Ask the owner of the key")
    if isinstance(error, IN_TRANSIT):
        return OSError(f"it did not arrive whole: {said(error)}. Sync again")
    return OSError(f"S3 refused it: {said(error)}. Sync again, or look the code up")


def account_problem(error: AwsError, service: str) -> SourceError | None:
    """Return what to raise if nothing else in the account would be answered either."""
    if isinstance(error, _CREDENTIALS) or error_code(error) in _CREDENTIAL_CODES:
        return CredentialsError(
            f"AWS does not accept the credentials: {said(error)}. Renew them (for SSO: "
            "`aws sso login --profile NAME`), then go on."
        )
    if isinstance(error, _UNREACHABLE):
        return SourceError(
            f"{service} cannot be reached: {said(error)}. Check the network, the region and the "
            "proxy; what is in the cache can be used meanwhile."
        )
    return None


def no_bucket(name: str) -> str:
    """Return the sentence for a bucket that does not exist."""
    return _BUCKET_CODES["NoSuchBucket"].format(bucket=name)


def error_code(error: AwsError) -> str:
    """Return the code of what AWS answered, or an empty text if it did not answer."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))


def _denied(error: AwsError, asked: Asked) -> str:
    words = said(error)
    if "kms" in words.lower():
        return (
            f"its KMS key may not be used: {words}. Ask for kms:Decrypt on the key, "
            "in the policy of the key too if it is in another account"
        )
    advice = f"access is denied: {words}. Ask for {asked.action} on {asked.resource()}"
    if asked.action == "s3:GetObject":
        advice += " (if the objects are encrypted with a KMS key, also for kms:Decrypt on it)"
    advice += "; if the bucket is in another account, its bucket policy must allow it too"
    if not asked.requester_pays:
        advice += "; if its requesters pay, say that you do"
    return advice


def is_denied(error: AwsError) -> bool:
    """Return whether a permission is missing."""
    return error_code(error) in _DENIED


def said(error: AwsError) -> str:
    """Return AWS's own words, without the full stop and not endlessly."""
    text = str(error)
    if isinstance(error, ClientError):
        answer = error.response.get("Error", {})
        text = f"{answer.get('Code', '')}: {answer.get('Message', '')}".strip(": ")
    return text[:_MOST].rstrip(". ")
