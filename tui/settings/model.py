"""Every setting, with its default, its limits, and the words that explain it.

Values only: reading them is `file`, showing them is `default`. Each setting here does something;
a name without a use is not to be added.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple

When = Literal["auto", "always", "never"]
Signs = Literal["auto", "unicode", "ascii"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings; in the file, names have hyphens in place of underscores."""

    theme: str = ""
    time_zone: str = "UTC"
    cache: str = ""
    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    history_days: int = 90
    log_file_days: int = 7
    max_size: str = ""
    keep: str = ""
    sync_minutes: int = 5
    follow_seconds: int = 2
    bell: bool = True
    mouse: bool = True
    signs: Signs = "auto"
    slow_link: When = "auto"
    redraws: int = 60
    keys: dict[str, str | list[str]] = field(default_factory=dict)


class About(NamedTuple):
    """What is to be said of a setting beside its value."""

    help: str
    least: int | None = None
    most: int | None = None


ABOUT = {
    "theme": About("A theme by its name; docs/themes.md lists them. Empty: the one kept last."),
    "time-zone": About("The time zone of times given and shown, such as Europe/Berlin."),
    "cache": About(
        "The cache file; TRAILHOUND_CACHE and --cache come before. Empty: the platform's."
    ),
    "profiles": About(
        "Profiles of the AWS configuration to ask; AWS_PROFILE and --profile come before."
    ),
    "regions": About("Regions to ask; --region comes before. Empty: all that are enabled."),
    "history-days": About(
        # all that LookupEvents returns (CloudTrail API reference)
        "Days of event history that the explorer syncs; AWS keeps 90.",
        1,
        90,
    ),
    "log-file-days": About("Days of S3 log files that the explorer syncs.", 1, 36_500),
    "max-size": About(
        "Size of the cache, as 2G, above which the bytes of S3 files are let go; --max-size comes "
        "before. Empty: no limit."
    ),
    "keep": About(
        "How long files are kept, as 400d; --keep comes before. Empty: nothing is dropped."
    ),
    "sync-minutes": About(
        "Minutes after which the explorer asks for what is new; 0 for never.", 0, 1440
    ),
    "follow-seconds": About(
        "Seconds from one redraw to the next at least, while following.", 1, 60
    ),
    "bell": About(
        "Whether an alert of a saved filter rings the bell and is told to the terminal (title, "
        "OSC 9)."
    ),
    "mouse": About(
        "Whether the mouse works in the explorer; without it, the terminal selects text."
    ),
    "signs": About("auto, unicode or ascii: the signs drawn. auto goes by the locale."),
    "slow-link": About(
        "auto, always or never: fewer redraws, no animation. auto: when it runs over SSH."
    ),
    "redraws": About("Times a second the screen is drawn at most.", 1, 60),
    "keys": About("Other keys for actions; docs/keys.md lists the actions and their keys."),
}
"""By the names as the file has them."""

NAMES = tuple(each.name.replace("_", "-") for each in fields(Settings))
"""The names as the file has them, in their order."""
