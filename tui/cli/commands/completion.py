"""`trailhound completion SHELL`: a script that completes commands, options and their values.

It is made from the table of commands, so it knows no less and no more than the parser.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from tui.cli.arguments import COMMANDS, SHELLS, THEME, Command, Option
from tui.errors import UsageError
from tui.paths import theme_folders
from tui.theming import load

_FILES = ("FILE", "PATH")
"""What is the name of a file, by how the value is called."""
_ALWAYS = "--help"


def run(parsed: argparse.Namespace) -> int:
    """Print the script; raises UsageError."""
    make = _MAKERS.get(parsed.text[0]) if len(parsed.text) == 1 else None
    if make is None:
        raise UsageError(f"Name one shell: {', '.join(SHELLS)}. See trailhound completion --help.")
    sys.stdout.write("\n".join((*make(), "")))
    return 0


def _named() -> list[Command]:
    return [command for command in COMMANDS if command.name]


def _values(option: Option) -> tuple[str, ...]:
    if option is THEME:
        return tuple(load(theme_folders()).found)
    return option.values


def _switches(command: Command) -> list[str]:
    return [*(option.name for option in command.options), _ALWAYS]


# bash


def _bash() -> Iterator[str]:
    yield '# bash completion for trailhound: eval "$(trailhound completion bash)"'
    yield "_trailhound() {"
    yield "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command="
    yield "    if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then"
    yield "        command=${COMP_WORDS[1]}"
    yield "    fi"
    yield "    COMPREPLY=()"
    yield '    case "$command $before" in'
    for command in COMMANDS:
        for option in command.options:
            if value := _bash_value(option):
                yield f'        "{command.name} {option.name}") {value}; return ;;'
    yield f"        {'|'.join(_with_any_value())}) return ;;"
    yield "    esac"
    yield '    case "$command" in'
    for command in COMMANDS:
        names = [each.name for each in _named()] if not command.name else []
        files = command.text in _FILES
        words = " ".join((*names, *_switches(command), *_words(command)))
        yield f'        "{command.name}") {_bash_words(words)}' + (
            f"; [[ $word == -* ]] || {{ {_BASH_FILES}; }} ;;" if files else " ;;"
        )
    yield "    esac"
    yield "}"
    yield "complete -F _trailhound trailhound"


_BASH_FILES = (
    'compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")'
)


def _bash_words(words: str) -> str:
    return f"mapfile -t COMPREPLY < <(compgen -W '{words}' -- \"$word\")"


def _bash_value(option: Option) -> str:
    if option.metavar in _FILES:
        return _BASH_FILES
    values = " ".join(_values(option))
    return _bash_words(values) if values else ""


def _with_any_value() -> list[str]:
    """Return the options whose value nobody can guess, as bash matches them."""
    return [
        f'"{command.name} {option.name}"'
        for command in COMMANDS
        for option in command.options
        if option.metavar and not _bash_value(option)
    ]


def _words(command: Command) -> tuple[str, ...]:
    """Return what a command's free argument can be, where that is known."""
    return SHELLS if command.name == "completion" else ()


# zsh


def _zsh() -> Iterator[str]:
    yield "#compdef trailhound"
    yield '# zsh completion for trailhound: eval "$(trailhound completion zsh)"'
    yield "_trailhound() {"
    yield "    local -a commands"
    yield "    commands=("
    for command in _named():
        yield f"        {_quoted(f'{command.name}:{command.help}')}"
    yield "    )"
    yield "    local command="
    yield "    if ((CURRENT > 2)) && [[ $words[2] != -* ]]; then"
    yield "        command=$words[2]"
    yield "        words[2]=()"
    yield "        ((CURRENT--))"
    yield "    elif [[ $words[CURRENT] != -* ]]; then"
    yield "        _describe command commands"
    yield "    fi"
    yield '    case "$command" in'
    for command in COMMANDS:
        specs = " ".join([*map(_zsh_option, command.options), "'--help[explain]'"])
        yield f'        "{command.name}") _arguments {specs}{_zsh_text(command)} ;;'
    yield "    esac"
    yield "}"
    yield 'if [[ $funcstack[1] == _trailhound ]]; then _trailhound "$@"'
    yield "else compdef _trailhound trailhound; fi"


def _zsh_option(option: Option) -> str:
    star = "*" if option.many else ""
    words = option.help.replace("[", "(").replace("]", ")").replace(":", "\\:")
    value = ""
    if option.metavar in _FILES:
        value = f":{option.metavar}:_files"
    elif option.metavar or option.values:
        value = f":{option.metavar or 'value'}:({' '.join(_values(option))})"
    return _quoted(f"{star}{option.name}[{words}]{value}")


def _zsh_text(command: Command) -> str:
    if not command.text:
        return ""
    if command.text in _FILES:
        return " '*:file:_files'"
    return " " + _quoted(f"*:{command.text}:({' '.join(_words(command))})")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# fish


def _fish() -> Iterator[str]:
    names = " ".join(command.name for command in _named())
    yield "# fish completion for trailhound: trailhound completion fish | source"
    yield "complete -c trailhound -f"
    for command in _named():
        about = _fish_quoted(command.help)
        yield f"complete -c trailhound -n __fish_use_subcommand -a {command.name} -d {about}"
    for command in COMMANDS:
        here = f"__fish_seen_subcommand_from {command.name}"
        where = here if command.name else f"not __fish_seen_subcommand_from {names}"
        for option in command.options:
            yield f"complete -c trailhound -n '{where}' {_fish_option(option)}"
        if command.text in _FILES:
            yield f"complete -c trailhound -n '{where}' -F"
        elif words := _words(command):
            yield f"complete -c trailhound -n '{where}' -a '{' '.join(words)}'"


def _fish_option(option: Option) -> str:
    said = f"-l {option.name.removeprefix('--')} -d {_fish_quoted(option.help)}"
    if option.metavar in _FILES:
        return f"{said} -r -F"
    if option.metavar or option.values:
        values = " ".join(_values(option))
        return f"{said} -x" + (f" -a '{values}'" if values else "")
    return said


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_MAKERS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
