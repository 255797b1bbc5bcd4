"""The first word with AWS: who the credentials belong to, and what AWS takes the time to be.

Owns one call that needs no permission. It is made once, so that without a network the answer
comes soon.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from botocore.exceptions import ClientError

from tui.errors import SourceError
from tui.sources.aws.answers import required
from tui.sources.aws.problems import FAILURES, Doing, problem
from tui.sources.aws.sessions import Account, Identity
from tui.sources.aws.shapes import Answer

_HALF = 0.5
"""Seconds: the header holds whole ones, so the true time is half a second later on average."""


class Greeting(NamedTuple):
    """What AWS answered, or why it did not."""

    identity: Identity | None
    region: str
    """Where it was asked."""
    problem: str = ""
    """A sentence, where there is no identity."""
    clock: float | None = None
    """Seconds by which our clock is ahead of AWS's, good to about half of one; None if not told."""


def greet(account: Account, clock: Callable[[], float] = time.time) -> Greeting:
    """Ask AWS who we are; whatever goes wrong is part of the answer."""
    try:
        client = account.client("sts", paced=True)
    except SourceError as error:
        return Greeting(None, "", str(error))
    region = client.meta.region_name
    doing = Doing(f"AWS, with {account.label},", "sts:GetCallerIdentity", account.profile, region)
    before = clock()
    try:
        answer = required(client.get_caller_identity(), "Account", "Arn")
    except FAILURES as error:
        told: Answer = error.response if isinstance(error, ClientError) else {}
        return Greeting(None, region, str(problem(error, doing)), _ahead(told, before, clock()))
    identity = Identity(str(answer["Account"]), str(answer["Arn"]))
    return Greeting(identity, region, clock=_ahead(answer, before, clock()))


def _ahead(answer: Answer, before: float, after: float) -> float | None:
    """Return how far our clock is ahead, taking half of the round trip for the way there."""
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if not date:
        return None
    try:
        theirs = parsedate_to_datetime(str(date)).timestamp() + _HALF
    except ValueError:
        return None
    return (before + after) / 2 - theirs
