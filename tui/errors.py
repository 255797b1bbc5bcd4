"""Every error that reaches a user, each with the exit code it means.

TrailhoundError            2  could not do what was asked
├── UsageError             3  the command line is wrong
│   ├── FilterError        3  the filter text is wrong; knows the column
│   ├── TimeError          3  a point in time or a duration is wrong
│   └── SettingsError      3  the settings file is wrong
├── InputError             2  a file or folder cannot be used at all
├── CacheError             2  the cache cannot be opened or written
│   └── CacheDamaged       2  it is no healthy database any more
├── RecordMissing          2  the record of a cached event cannot be had
├── SourceError            2  AWS could not be asked, or refused
│   ├── CredentialsError   2  missing, expired or invalid; goes on once they work
│   └── NotPermitted       2  they lack a permission, which those of others may have
└── Cancelled            130  the user stopped it

A message says what happened, why, and what to do next, in that order.
"""

from __future__ import annotations

from pathlib import Path


class TrailhoundError(Exception):
    """Something could not be done; the text is a sentence for the user."""

    exit_code = 2


class UsageError(TrailhoundError):
    """The command line asked for something that does not exist."""

    exit_code = 3


class FilterError(UsageError):
    """A filter that cannot be parsed.

    `column` is 0-based into `text`; `suggestion` is the nearest right word, if any is near.
    """

    def __init__(self, message: str, text: str, column: int, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.text = text
        self.column = column
        self.suggestion = suggestion

    def sentence(self) -> str:
        """Return the message with the suggestion, if there is one."""
        return f"{self} Did you mean {self.suggestion}?" if self.suggestion else str(self)

    def marked(self) -> str:
        """Return the sentence, the filter and a caret under the column, on three lines."""
        return f"{self.sentence()}\n  {self.text}\n  {' ' * self.column}^"


class TimeError(UsageError):
    """A point in time or a duration that cannot be read."""


class SettingsError(UsageError):
    """The settings file says something that does not exist."""


class InputError(TrailhoundError):
    """A path that does not exist or may not be read."""


class CacheError(TrailhoundError):
    """The cache file cannot be opened, written or trusted."""


class CacheDamaged(CacheError):
    """The cache file at `path` is not a healthy database any more."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The cache {path} is damaged: {reason}.")
        self.path = path


class RecordMissing(TrailhoundError):
    """The record of a cached event cannot be had."""


class Cancelled(TrailhoundError):
    """The user stopped the work; what was committed stays."""

    exit_code = 130


class SourceError(TrailhoundError):
    """AWS could not be asked, or refused what was asked for."""


class CredentialsError(SourceError):
    """The credentials are missing, expired or invalid: work can go on once they are good."""


class NotPermitted(SourceError):
    """The credentials lack a permission: others may have it."""
