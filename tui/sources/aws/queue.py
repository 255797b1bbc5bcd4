"""One SQS queue: what waits in it, looked at or taken out.

Looking hides a message from its other readers for a few seconds and counts as a receive; so a
queue that gives up on messages after some receives is not looked at. Only the owner deletes.

Source: Amazon SQS API reference, ReceiveMessage, DeleteMessageBatch, GetQueueAttributes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from tui.errors import SourceError, UsageError
from tui.sources.aws.problems import FAILURES, Doing, code_of, explained
from tui.sources.aws.sessions import Account
from tui.sources.aws.shapes import Client

_MOST = 10
"""Messages of one answer or one deletion."""
_OWN_S, _PEEK_S = 120, 3
"""Seconds that a message stays hidden after it was taken, or looked at."""
_REGION = re.compile(r"(?:sqs(?:-fips)?\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.")
_DENIED = ("AccessDenied", "AccessDeniedException")


class QueueName(NamedTuple):
    """What the address of a queue tells."""

    url: str
    account: str
    region: str | None
    name: str

    def arn(self, partition: str) -> str:
        """Return its ARN; in any region where the address names none."""
        return f"arn:{partition}:sqs:{self.region or '*'}:{self.account}:{self.name}"


class Message(NamedTuple):
    """One message."""

    id: str
    body: str
    receipt: str


def parse_queue(url: str) -> QueueName:
    """Return what a queue's address tells; raises UsageError for what is none."""
    parts = urlsplit(url)
    path = parts.path.strip("/").split("/")
    if parts.scheme not in ("http", "https") or not parts.hostname or len(path) < 2:
        raise UsageError(
            f'"{url[:200]}" is no address of a queue. Write it as '
            "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME."
        )
    found = _REGION.match(parts.hostname)
    return QueueName(url, path[-2], found["region"] if found else None, path[-1])


class Queue:
    """A queue, read with the credentials of an account."""

    def __init__(self, account: Account, name: QueueName, *, own: bool) -> None:
        self.name = name
        self._account = account
        self._own = own

    def may_be_looked_at(self) -> None:
        """Raise SourceError if looking at messages would do them harm."""
        try:
            with explained(self._doing("sqs:GetQueueAttributes")):
                answer = self._client().get_queue_attributes(
                    QueueUrl=self.name.url, AttributeNames=["RedrivePolicy"]
                )
        except SourceError as error:
            if code_of_cause(error) in _DENIED:
                return  # most readers may not ask; what follows is said beside it
            raise
        if answer.get("Attributes", {}).get("RedrivePolicy"):
            raise SourceError(
                f"{self._what()} moves messages to a dead-letter queue after some receives, and "
                "each look would count as one. Subscribe a queue of your own, and name that with "
                "--own-queue."
            )

    def receive(self, wait: int) -> list[Message]:
        """Return up to ten messages, none after `wait` seconds (20 at most); raises SourceError."""
        with explained(self._doing("sqs:ReceiveMessage")):
            answer = self._client().receive_message(
                QueueUrl=self.name.url,
                MaxNumberOfMessages=_MOST,
                WaitTimeSeconds=wait,
                VisibilityTimeout=_OWN_S if self._own else _PEEK_S,
            )
        return [
            Message(each["MessageId"], each["Body"], each["ReceiptHandle"])
            for each in answer.get("Messages", ())
        ]

    def delete(self, receipts: Sequence[str]) -> None:
        """Delete messages of our own queue; raises SourceError. What fails comes again."""
        for start in range(0, len(receipts), _MOST):
            some = receipts[start : start + _MOST]
            entries = [{"Id": str(n), "ReceiptHandle": each} for n, each in enumerate(some)]
            with explained(self._doing("sqs:DeleteMessage")):
                self._client().delete_message_batch(QueueUrl=self.name.url, Entries=entries)

    def _client(self) -> Client:
        return self._account.client("sqs", self.name.region)

    def _what(self) -> str:
        return f"Queue {self.name.name} of account {self.name.account}"

    def _doing(self, permission: str) -> Doing:
        return Doing(self._what(), permission, self._account.profile, self.name.region)


def code_of_cause(error: SourceError) -> str:
    """Return AWS's code for what an error was raised from."""
    return code_of(error.__cause__) if isinstance(error.__cause__, FAILURES) else ""
