"""What a message in a queue means, told by its shape: objects to fetch, a record, or nothing.

Owns the shapes, as a table. A queue may be fed by a trail's SNS topic, by notifications of a bucket
(as they are, through SNS, or through EventBridge), or by an EventBridge rule on CloudTrail events;
nobody says which, and several may share a queue.

Sources: CloudTrail user guide, "Configuring Amazon SNS notifications"; S3 user guide, "Event
message structure" and "EventBridge event message structure"; EventBridge user guide, "AWS service
events delivered via CloudTrail"; AWS CloudTrail Processing Library for the validation message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote_plus

from tui.sources.aws.keys import LOG_KINDS, parse_key

_VALIDATION = "CloudTrail validation message."
"""What CloudTrail sends to a topic when a trail is set up."""
_SNS_LIFE = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
_VIA = "via CloudTrail"
_RECORD_SIGNS = ("eventVersion", "eventID")
_DEPTH = 4
"""Envelopes inside envelopes; SNS in SQS is one."""

Members = Mapping[str, object]


class Meaning(StrEnum):
    """What is to be done about a message."""

    OBJECTS = "objects"
    RECORD = "record"
    """It holds a record: it is kept as it is, and read like any other wrapper."""
    NOTHING = "nothing"
    """It is known and tells of no event."""
    UNKNOWN = "unknown"


class S3Object(NamedTuple):
    """A log file that a message tells of."""

    bucket: str
    key: str
    version: str | None = None
    """Its ETag, where the message tells."""


class Notice(NamedTuple):
    """What a message means."""

    meaning: Meaning
    objects: tuple[S3Object, ...] = ()


_NOTHING = Notice(Meaning.NOTHING)
_RECORD = Notice(Meaning.RECORD)
_UNKNOWN = Notice(Meaning.UNKNOWN)


def recognised(body: str) -> Notice:
    """Return what the body of a message means; never raises for what is in it."""
    return _recognised(body, 0)


def _recognised(body: str, depth: int) -> Notice:
    if body.strip() == _VALIDATION:
        return _NOTHING
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return _UNKNOWN
    if not isinstance(content, dict) or depth > _DEPTH:
        return _UNKNOWN
    if content.get("Type") == "Notification" and isinstance(content.get("Message"), str):
        return _recognised(content["Message"], depth + 1)
    return next((told for read in _SHAPES if (told := read(content)) is not None), _UNKNOWN)


def _of_subscription(content: Members) -> Notice | None:
    """Read what a topic says of subscriptions, which are not ours to confirm."""
    return _NOTHING if content.get("Type") in _SNS_LIFE else None


def _of_test(content: Members) -> Notice | None:
    """Read what a bucket says when its notifications are set up."""
    return _NOTHING if content.get("Event") == "s3:TestEvent" else None


def _of_trail(content: Members) -> Notice | None:
    """Read which log files a trail delivered; its keys are plain."""
    bucket, keys = content.get("s3Bucket"), content.get("s3ObjectKey")
    if not isinstance(bucket, str) or keys is None:
        return None
    listed = keys if isinstance(keys, list) else [keys]
    return _told(S3Object(bucket, key) for key in listed if isinstance(key, str))


def _of_bucket(content: Members) -> Notice | None:
    """Read which objects of a bucket were created; its keys are encoded as in a form."""
    records = content.get("Records")
    if not isinstance(records, list) or not any(_member(each, "s3") for each in records):
        return None
    return _told(
        S3Object(bucket, unquote_plus(key), _text(_member(each, "s3", "object", "eTag")))
        for each in records
        if str(_member(each, "eventName")).removeprefix("s3:").startswith("ObjectCreated:")
        and isinstance(bucket := _member(each, "s3", "bucket", "name"), str)
        and isinstance(key := _member(each, "s3", "object", "key"), str)
    )


def _of_bucket_by_eventbridge(content: Members) -> Notice | None:
    """Read what EventBridge says of a bucket; its keys are plain."""
    if content.get("source") != "aws.s3" or _ends_via(content):
        return None
    bucket = _member(content, "detail", "bucket", "name")
    key = _member(content, "detail", "object", "key")
    if not isinstance(bucket, str) or not isinstance(key, str):
        return None
    if content.get("detail-type") != "Object Created":
        return _NOTHING
    return _told(iter([S3Object(bucket, key, _text(_member(content, "detail", "object", "etag")))]))


def _of_eventbridge(content: Members) -> Notice | None:
    """Read what EventBridge says of an API call: the record itself."""
    return _RECORD if _ends_via(content) and isinstance(content.get("detail"), dict) else None


def _of_record(content: Members) -> Notice | None:
    """Read a bare record, as somebody's pipeline may send it."""
    return _RECORD if any(sign in content for sign in _RECORD_SIGNS) else None


_SHAPES: tuple[Callable[[Members], Notice | None], ...] = (
    _of_subscription,
    _of_test,
    _of_trail,
    _of_bucket,
    _of_eventbridge,
    _of_bucket_by_eventbridge,
    _of_record,
)
"""Each says what a message means, or None if it has another shape."""


def _told(objects: Iterator[S3Object]) -> Notice:
    """Return the log files among some objects; digests and others tell of no event."""
    logs = tuple(each for each in objects if (key := parse_key(each.key)) and key.kind in LOG_KINDS)
    return Notice(Meaning.OBJECTS, logs) if logs else _NOTHING


def _ends_via(content: Members) -> bool:
    """Return whether it is CloudTrail's: sign-in is spelled in two ways before these words."""
    return str(content.get("detail-type")).endswith(_VIA)


def _member(content: object, *path: str) -> object:
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
