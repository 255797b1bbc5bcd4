"""What S3 refuses, as sentences: what happened, why, and what to do.

Owns whose fault a refusal is: that of one object or folder (OSError: it becomes a stored Skipped,
the rest goes on) or that of the whole bucket or account (SourceError: everything else would be
refused too, see `problems`). The text of an OSError goes on a sentence and has no full stop.

Sources: Amazon S3 API reference, "Error responses"; AWS KMS, "Exceptions".
"""

from __future__ import annotations

from typing import NamedTuple

from botocore.exceptions import (
    ClientError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.parsers import ResponseParserError

from tui.errors import CredentialsError, SourceError
from tui.sources.aws.problems import Doing, code_of, problem

IN_TRANSIT = (HTTPClientError, IncompleteReadError, FlexibleChecksumError, ResponseParserError)
"""The answer was lost or damaged on its way; asking again may help."""

_WHOLE = frozenset(
    {
        *("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError"),
        *("ConnectionError", "RequestTimeTooSkewed", "RequestExpired", "NoRegionError"),
        *("UnrecognizedClientException", "AuthFailure", "OptInRequired"),
    }
)
"""Beside missing credentials: what every other request would meet too."""
_BUCKET = {
    "NoSuchBucket": "There is no bucket {bucket}. Check its name, and whether it was deleted.",
    "InvalidBucketName": "{bucket} is no name of a bucket. Check how it is written.",
}
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403", "Forbidden"})
_GONE = "it is not there any more: deleted or moved since it was listed"
_ABSENT = frozenset({"NoSuchKey", "404"})
_OBJECT = {
    "InvalidObjectState": (
        "it is archived in S3 Glacier, where it cannot be read. Restore it with "
        "`aws s3api restore-object --bucket {bucket} --key KEY --restore-request Days=7`, "
        "then sync again"
    ),
    "SlowDown": "S3 asked to slow down again and again. Sync again later",
    "PermanentRedirect": "the bucket {bucket} is in another Region. Set AWS_DEFAULT_REGION to it",
    "InternalError": "S3 itself failed again and again. Sync again later",
}
_MOST = 300
"""Characters of AWS's own message that are passed on."""


class NoBucket(SourceError):
    """There is no such bucket, and so nothing in it."""


class Asked(NamedTuple):
    """What was asked of S3 when it refused."""

    action: str
    """The permission it takes, such as `s3:GetObject`."""
    bucket: str
    key: str = ""
    """An object's key, or the prefix that was listed."""
    requester_pays: bool = False
    profile: str | None = None

    def resource(self) -> str:
        """Return the ARN that the permission is needed on."""
        whole = self.action != "s3:GetObject"
        return f"arn:aws:s3:::{self.bucket}" + ("" if whole else f"/{self.key}")


def refusal(error: Exception, asked: Asked) -> SourceError | OSError:
    """Return what to raise: OSError if only this object or folder is refused, else SourceError.

    PermissionError is one where other credentials may help.
    """
    code = code_of(error)
    if code in _BUCKET:
        return NoBucket(_BUCKET[code].format(bucket=asked.bucket))
    whole = problem(error, Doing(f"The bucket {asked.bucket}", asked.action, asked.profile))
    if isinstance(whole, CredentialsError) or code in _WHOLE:
        return whole
    if code in _DENIED:
        return PermissionError(_denied(error, asked))
    if code in _ABSENT:
        return FileNotFoundError(_GONE)
    if code in _OBJECT:
        return OSError(_OBJECT[code].format(bucket=asked.bucket))
    if code.startswith("KMS."):
        return OSError(f"its KMS key cannot be used: {_said(error)}. Ask the owner of the key")
    if isinstance(error, IN_TRANSIT):
        return OSError(f"it did not arrive whole: {_said(error)}. Sync again")
    return OSError(f"S3 refused it: {_said(error)}. Sync again, or look the code up")


def no_bucket(name: str) -> NoBucket:
    """Return the error for a bucket that does not exist."""
    return NoBucket(_BUCKET["NoSuchBucket"].format(bucket=name))


def _denied(error: Exception, asked: Asked) -> str:
    words = _said(error)
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
        advice += (
            "; a bucket whose requesters pay cannot be read here: copy what is needed with "
            "`aws s3 sync --request-payer requester`, and open the copy"
        )
    return advice


def _said(error: Exception) -> str:
    """Return AWS's own words, without the full stop and not endlessly."""
    text = str(error)
    if isinstance(error, ClientError):
        answer = error.response.get("Error", {})
        text = f"{answer.get('Code', '')}: {answer.get('Message', '')}".strip(": ")
    return text[:_MOST].rstrip(". ")
