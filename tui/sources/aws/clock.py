"""What time it is at AWS, as every answer of it says.

A clock of this machine that is ahead would have time that has not passed yet taken for answered,
and what happens in it would never be asked for. So answers are held against AWS's own clock.

Source: RFC 9110, section 6.6.1: the Date of an answer, in whole seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Protocol


class _Answered(Protocol):
    """botocore's response, as far as it is looked at."""

    headers: Mapping[str, str]


class AwsClock:
    """AWS's time, from its latest answer on; that of this machine before any.

    `local` returns seconds since 1970, `elapsed` seconds that never go back. May be asked and told
    from any thread. It is never ahead of AWS, and behind by the way of an answer or a machine's
    sleep.
    """

    def __init__(
        self,
        local: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._local = local
        self._elapsed = elapsed
        self._heard: tuple[float, float] | None = None

    def listen(self, http_response: _Answered, **_: object) -> None:
        """Take the time from an answer; one without a readable Date tells nothing."""
        try:
            date = parsedate_to_datetime(http_response.headers["Date"])
        except (KeyError, TypeError, ValueError):
            return
        self._heard = (date.timestamp(), self._elapsed())

    def __call__(self) -> int:
        """Return the time, ms since 1970 UTC."""
        if self._heard is None:
            return int(self._local() * 1000)
        said, at = self._heard
        return int((said + self._elapsed() - at) * 1000)
