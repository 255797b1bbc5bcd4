"""Writes `docs/keys.md`, `filter.md`, `settings.md` and `commands.md` from the tables of the code.

`--check` writes nothing; it exits with 1 and names the pages that are not what the code says.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tui.actions import SCOPES, all_shown
from tui.cli.arguments import COMMANDS, Command, Option
from tui.domain.fields import FIELDS, Field
from tui.domain.saved import BUILT_IN
from tui.language.describe import describe
from tui.language.grammar import parse
from tui.settings.default import as_file, value
from tui.settings.filters import KEYS
from tui.settings.model import ABOUT, NAMES

FOLDER = Path(__file__).parent.parent / "docs"
NOW = 1_795_348_800_000
"""2026-11-22 12:00 UTC in ms, so that relative times say the same every day."""
MADE = "<!-- made by scripts/docs.py from the code -->"
FILTERS = (
    "service:s3",
    "service:s3 region:us-east-1",
    "service:s3 OR service:kms",
    "-service:s3",
    "service:iam (error:any OR verb:permission)",
    "action:Delete*,Put*",
    "caller:maria.?opez",
    "action:=DeleteBucket",
    "error:any",
    "-error:AccessDenied",
    "mfa:none",
    "ip:10.0.0.0/8",
    "severity:>=medium",
    "time:>=-3h",
    "time:2026-11-21",
    "requestParameters.bucketName:prod-*",
    "userIdentity.sessionContext.attributes.mfaAuthenticated:false",
    '"prod logs"',
    "payroll",
    "record:payroll",
    "@severe -service:signin",
)
"""One of each form the grammar has."""


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table of Markdown."""
    yield f"| {' | '.join(titles)} |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def keys() -> Iterator[str]:
    """Yield the page of keys."""
    yield from ("# Keys", "", MADE, "")
    yield "`?` shows the keys that work where the focus is; while text is typed, Ctrl+g does. None"
    yield "needs a mouse, a function key or Alt, and none is what tmux or screen listen to."
    for scope in SCOPES:
        yield from ("", f"## {scope.title[:1].upper()}{scope.title[1:]}", "")
        rows = (
            (all_shown(each.keys), each.help, f"`{scope.name}.{each.id}`") for each in scope.actions
        )
        yield from table(("keys", "what they do", "action"), rows)
    yield from ("", "## Other keys", "")
    yield "The table `[keys]` of the settings puts others in their place, one or many for an"
    yield "action. A key that two actions of one place would have is refused. `?`, the last line,"
    yield "the palette and every sentence on the screen name the keys you chose."
    yield from ("", "```toml", "[keys]", '"events.filter" = "ctrl+f"')
    yield from ('"list.page-down" = ["pagedown", "ctrl+n"]', "```")


def filters() -> Iterator[str]:
    """Yield the page of the filter language."""
    yield from ("# Filter", "", MADE, "")
    yield "The same language on the screen and in commands. Upper and lower case are the same but"
    yield "after `:=`. A field without a value passes no test, and a term with `-` keeps what the"
    yield "term does not hold for: `-error:AccessDenied` keeps every success."
    yield ""
    saved = {each.name: each.text for each in BUILT_IN}
    words = ((f"`{text}`", describe(parse(text, NOW, saved=saved))) for text in FILTERS)
    yield from table(("filter", "means"), words)
    yield from _saved()
    yield from ("", "## Fields", "", "An alias is CloudTrail's own path to the same value.", "")
    yield from table(("field", "is", "aliases"), map(_field, FIELDS))


def _saved() -> Iterator[str]:
    yield from ("", "## Saved filters", "")
    yield "`@name` stands for a saved filter as if its text stood there in parentheses, wherever a"
    yield "filter is typed. They are kept in `filters.toml` beside the settings, each a table whose"
    yield "name is of small letters, digits and dashes. What is wrong with one is said with its"
    yield "line, and the others work."
    yield ""
    yield from table(("key", "is"), ((f"`{each.name}`", each.help) for each in KEYS))
    yield from ("", "```toml", "[denied-reads]", *(f"{e.name} = {e.example}" for e in KEYS), "```")
    yield ""
    for each in BUILT_IN:
        alert = " and alerts" if each.alert else ""
        yield f"Built in: `{each.name}` is `{each.text}`{alert}. A table of that name changes it:"
        yield f"`alert = false` in `[{each.name}]` keeps it silent."
    yield ""
    yield "What only whole records hold (a CloudTrail path, `record:`) finds events, but neither"
    yield "alerts nor highlights. Of several highlights, the one that comes first in the file wins."


def _field(field: Field) -> tuple[str, str, str]:
    return f"`{field.name}`", field.help, ", ".join(f"`{each}`" for each in field.aliases)


def settings() -> Iterator[str]:
    """Yield the page of settings."""
    yield from ("# Settings", "", MADE, "")
    yield "`trailhound settings --path` names the file; `trailhound settings` prints it as it is"
    yield "before anybody changes it; `--check` reads yours. An option of a command comes first,"
    yield "then the environment, then the file. A name that does not exist is an error."
    yield ""
    rows = ((f"`{name}`", _limited(name), _default(name)) for name in NAMES)
    yield from table(("setting", "is", "default"), rows)
    yield from ("", "```toml", as_file().rstrip(), "```")


def _limited(name: str) -> str:
    about = ABOUT[name]
    limits = f" From {about.least} to {about.most:,}." if about.least is not None else ""
    return about.help + limits


def _default(name: str) -> str:
    return "" if name == "keys" else f"`{value(name)}`"


def commands() -> Iterator[str]:
    """Yield the page of commands."""
    yield from ("# Commands", "", MADE, "")
    yield "stdout is data, stderr is talk. Exit codes: 0 done, 1 a finding, 2 could not, 3 bad"
    yield "usage, 130 interrupted. A filter may begin with a hyphen, and so may a time."
    for command in COMMANDS:
        yield from ("", f"## {_usage(command)}", "")
        yield f"{command.help[:1].upper()}{command.help[1:]}."
        if command.options:
            yield ""
            yield from table(("option", "is"), map(_option, command.options))
        yield from ("", "```", *command.examples, "```")


def _usage(command: Command) -> str:
    text = f"[{command.text}]..." if command.text else ""
    return " ".join(filter(None, ("trailhound", command.name, text)))


def _option(option: Option) -> tuple[str, str]:
    metavar = option.metavar or ("|".join(option.values) if option.values else "")
    name = f"`{option.name} {metavar}`" if metavar else f"`{option.name}`"
    default = f" (default: {option.default})" if option.default else ""
    return name, option.help + default


PAGES = {"keys": keys, "filter": filters, "settings": settings, "commands": commands}


def main() -> int:
    """Write the pages, or compare them with what is there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check = parser.parse_args().check
    stale = 0
    for name, lines in PAGES.items():
        path, text = FOLDER / f"{name}.md", "\n".join(lines()) + "\n"
        same = path.exists() and path.read_text(encoding="utf-8") == text
        stale += not same
        if not same and not check:
            path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {'unchanged' if same else 'not up to date' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
