"""How CloudTrail's values read to people: names, times, counts; each a pure function.

What comes back is not yet safe for a terminal: callers pass it through `printable.safe`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from tui.domain.event import Actor, Outcome, Resource, Result, Severity
from tui.domain.integrity import Mark
from tui.widgets.glyphs import Glyphs

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_AGENTS = (
    ("terraform", "Terraform"),
    ("pulumi", "Pulumi"),
    ("ansible", "Ansible"),
    ("aws-cli", "aws-cli"),
    ("boto3", "boto3"),
    ("botocore", "botocore"),
    ("kali", "Kali Linux"),
    ("aws-sdk-go", "the Go SDK"),
    ("aws-sdk-java", "the Java SDK"),
    ("aws-sdk-js", "the JavaScript SDK"),
    ("aws-sdk-nodejs", "the JavaScript SDK"),
    ("powershell", "PowerShell"),
    ("s3console", "the S3 console"),
    ("console.amazonaws.com", "the console"),
    ("signin.amazonaws.com", "the sign-in page"),
    ("mozilla/", "a browser"),
)
"""Part of a user agent, in lower case, to what people call it; the first hit wins."""


def moment(time: int, zone: tzinfo, pattern: str) -> str:
    """Return ms since 1970 UTC by a strftime pattern; a time no calendar has, as its number."""
    try:
        return (_EPOCH + timedelta(milliseconds=time)).astimezone(zone).strftime(pattern)
    except (OverflowError, ValueError):
        return f"{time} ms"


def count(number: int) -> str:
    """Return the number with thousands set apart."""
    return f"{number:,}"


def caller(actor: Actor, within: str = "›") -> str:
    """Return `deploy › ci-role`; the role only where it is not the caller itself."""
    if actor.role and actor.role != actor.caller:
        return f"{actor.caller} {within} {actor.role}"
    return actor.caller


def resource(name: str) -> str:
    """Return an ARN without what every row repeats; any other name as it is.

    Form (IAM user guide, "Amazon Resource Names"): arn:partition:service:region:account:resource.
    """
    parts = name.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn" and parts[5]:
        return parts[5]
    return name


def resources(several: tuple[Resource, ...]) -> str:
    """Return the first resource, and how many more there are."""
    if not several:
        return ""
    more = f" +{len(several) - 1}" if len(several) > 1 else ""
    return resource(several[0].name) + more


def result(outcome: Outcome) -> str:
    """Return ok, denied, or the error code of a call that failed otherwise."""
    if outcome.result == Result.FAILED:
        return outcome.error or outcome.result
    return outcome.result


def severity_tone(level: int) -> str:
    """Return the tone of a severity; a level nobody knows is taken for the gravest."""
    if Severity.NONE <= level <= Severity.CRITICAL:
        return Severity(level).name.lower() if level else "muted"
    return "critical"


def agent(text: str) -> str:
    """Return what people call the program behind a user agent."""
    lower = text.lower()
    for part, name in _AGENTS:
        if part in lower:
            return name
    return text.strip("[]").split(" ", 1)[0].split("/", 1)[0] or text


_MARKS = {Mark.VERIFIED: "verified", Mark.NOT_YET: "not yet", Mark.FAILED: "FAILED"}
_MARK_TONES = {Mark.VERIFIED: "ok", Mark.FAILED: "failed"}
_MARK_ORDER = (Mark.VERIFIED, Mark.NOT_YET, None, Mark.FAILED)


def mark(value: str | None) -> str:
    """Return how far an event is vouched for, in a word or two."""
    return "no digest" if value is None else _MARKS[Mark(value)]


def mark_sign(value: str | None, glyphs: Glyphs) -> str:
    """Return the same as one sign."""
    return glyphs.marks[_MARK_ORDER.index(None if value is None else Mark(value))]


def mark_tone(value: str | None) -> str:
    """Return the tone of a mark."""
    return "muted" if value is None else _MARK_TONES.get(Mark(value), "muted")
