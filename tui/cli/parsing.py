"""Reading a command line by the tables of `arguments`, and explaining them.

Filters may begin with a hyphen (`-service:s3`), and so may times (`--since -3h`): an argument that
is no option is text. That is why arguments are arranged here before argparse sees them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

from tui.cli.arguments import BY_NAME, COMMANDS, Command, Option
from tui.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_ALWAYS = ("--help", "-h", "--version")
_EXIT_CODES = ("0 done, 1 a finding, 2 could not, 3 bad usage, 130 interrupted",)
_ENVIRONMENT = (
    "TRAILHOUND_CACHE    the cache file",
    "TRAILHOUND_CONFIG   the folder of settings and themes (default: the platform's)",
    "TRAILHOUND_STATE    the folder of what is remembered and of crash reports",
    "NO_COLOR            greys only",
    "AWS_*               all that boto3 knows: AWS_PROFILE, AWS_ENDPOINT_URL, ...",
)
_MORE = "trailhound COMMAND --help explains a command; stdout is data, stderr is talk."
_VERSION = "the version, and those of what it stands on"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed command line with its `command`; raises UsageError.

    `--help` and `--version` print and raise SystemExit.
    """
    words = list(arguments)
    name = words.pop(0) if words and not words[0].startswith("-") else ""
    command = BY_NAME.get(name)
    if command is None:
        raise UsageError(f"There is no command {name!r}.{_nearest(name, BY_NAME)}{_SEE_HELP}")
    parsed = _parser(command).parse_args(_arranged(words, command))
    parsed.command = command.name
    return parsed


_SEE_HELP = " See trailhound --help."


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.")

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Write all of it; argparse would leave unsaid that it could not."""
        (file or sys.stdout).write(self.format_help())
        sys.stdout.flush()


def _parser(command: Command) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=f"trailhound {command.name}".strip(),
        description=command.help[:1].upper() + command.help[1:] + ".",
        epilog=_epilog(command),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for option in command.options:
        help_text = option.help + (f" (default: {option.default})" if option.default else "")
        if option.many:
            parser.add_argument(
                option.name,
                help=help_text,
                metavar=option.metavar,
                choices=option.values or None,
                action="append",
                default=[],
            )
        elif option.metavar or option.values:
            parser.add_argument(
                option.name,
                help=help_text,
                metavar=option.metavar,
                choices=option.values or None,
                default=option.default,
            )
        else:
            parser.add_argument(option.name, help=help_text, action="store_true")
    if command.text:
        parser.add_argument("text", nargs="*", metavar=command.text)
    if not command.name:
        parser.add_argument("--version", action=_Version, nargs=0, help=_VERSION)
    return parser


def _epilog(command: Command) -> str:
    sections = [("examples", command.examples), ("exit codes", _EXIT_CODES)]
    if not command.name:
        commands = tuple(f"{each.name:<10} {each.help}" for each in COMMANDS if each.name)
        sections = [("commands", commands), *sections, ("environment", _ENVIRONMENT)]
    parts = ("\n".join((f"{title}:", *(f"  {line}" for line in of))) for title, of in sections)
    return "\n\n".join((*parts, "" if command.name else _MORE)).rstrip()


class _Version(argparse.Action):
    """Prints the versions; they are only looked up when they are asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> NoReturn:
        from tui.cli.versions import as_text

        sys.stdout.write(as_text() + "\n")
        sys.stdout.flush()
        parser.exit()


def _arranged(words: Sequence[str], command: Command) -> list[str]:
    """Bind each option to its value, and put text behind `--`, whatever it begins with."""
    options = {option.name: option for option in command.options}
    arranged: list[str] = []
    text: list[str] = []
    rest = iter(words)
    for word in rest:
        name, joined, _ = word.partition("=")
        option = options.get(name)
        if word == "--":
            text.extend(rest)
        elif word in _ALWAYS or (option and (joined or not _takes_value(option))):
            arranged.append(word)
        elif option:
            value = next(rest, None)
            arranged.append(name if value is None else f"{name}={value}")
        elif word.startswith("--"):
            raise UsageError(f"There is no option {name}.{_nearest(name, options)}{_SEE_HELP}")
        else:
            text.append(word)
    if text and not command.text:
        raise UsageError(f"{text[0]!r} means nothing here.{_SEE_HELP}")
    return [*arranged, "--", *text] if text else arranged


def _takes_value(option: Option) -> bool:
    return bool(option.metavar or option.values)


def _nearest(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, [name for name in known if name], 1)
    return f" Did you mean {near[0]}?" if near else ""
