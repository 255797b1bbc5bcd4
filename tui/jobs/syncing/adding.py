"""One more source to sync, from what a user typed: a place in S3, a trail, or a profile.

Owns what is said when it is none of them. AWS is not asked: whether it is there shows when it is
synced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from tui.domain.syncing import Wish
from tui.errors import UsageError
from tui.sources.aws.bucket import parse_location

_TRAIL = re.compile(r"arn:aws[a-z-]*:cloudtrail:(?P<region>[a-z0-9-]+):\d{12}:trail/[\w.-]{3,128}")
"""CloudTrail API reference, CreateTrail: form of a trail's ARN and of its name."""
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""S3 user guide, "General purpose bucket naming rules"."""
_LISTED = 8
"""Profiles named when none is meant."""


def wish_for(text: str, base: Wish, profiles: Sequence[str]) -> Wish:
    """Return the wish for a source, for the times of `base`; raises UsageError.

    `profiles` are those of this machine. A place in S3 and a trail are read with the credentials
    of `base`.
    """
    text = text.strip()
    if not text:
        raise UsageError("Type a place in S3, the ARN of a trail, or a profile.")
    plain = base._replace(trails=(), locations=(), history=False, s3=True)
    if "://" in text:
        return plain._replace(locations=(_place(text),))
    if text.startswith("arn:"):
        home = _region(text)  # named ones narrow what is read: it must be among them
        regions = tuple(dict.fromkeys((*base.regions, home))) if base.regions else ()
        return plain._replace(trails=(text,), regions=regions)
    if text not in profiles:
        raise UsageError(_no_profile(text, profiles))
    if text in base.profiles:
        raise UsageError(f"Profile {text} is synced already.")
    return plain._replace(profiles=(text,), history=True)


def _place(text: str) -> str:
    bucket, _ = parse_location(text)
    if not _BUCKET.fullmatch(bucket):
        raise UsageError(
            f'"{bucket[:70]}" is no name of a bucket: 3 to 63 small letters, digits, dots and '
            "hyphens."
        )
    return text.rstrip("/")


def _region(text: str) -> str:
    found = _TRAIL.fullmatch(text)
    if found is None:
        raise UsageError(
            "That is no ARN of a trail. It looks like "
            "arn:aws:cloudtrail:eu-west-1:111122223333:trail/name."
        )
    return found["region"]


def _no_profile(text: str, profiles: Sequence[str]) -> str:
    said = f'There is no profile "{text[:70]}" on this machine.'
    near = get_close_matches(text, profiles, 1)
    if near:
        return f"{said} Did you mean {near[0]}?"
    if not profiles:
        return f"{said} There is none: aws configure makes one. A place in S3 begins with s3://."
    more = ", ..." if len(profiles) > _LISTED else ""
    return f"{said} There are {', '.join(profiles[:_LISTED])}{more}."
