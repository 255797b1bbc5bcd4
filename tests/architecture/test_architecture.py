"""What keeps the code readable: sizes, words where they help, and who may import whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tui").rglob("*.py"))
MOST_LINES = 400
MOST_LINES_IN_A_FUNCTION = 45
FORBIDDEN = (
    (re.compile(r"#\s*type:\s*ignore"), "say what the type is"),
    (re.compile(r"except\s+(Base)?Exception\s*(as\s+\w+)?:"), "name what can happen"),
    (re.compile(r"except\s*:"), "name what can happen"),
    (re.compile(r"(?<![.\w])print\("), "stdout is data: write it where commands do"),
    (re.compile(r"\bbreakpoint\(|\bpdb\b"), "remove it"),
)
ROLLS_BACK = re.compile(r"except BaseException:\n(?:.*\n){1,4}?\s+raise\n")
"""The one use of it: undo, then raise again."""

Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

every_file = pytest.mark.parametrize(
    "path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES]
)


def named(tree: ast.Module) -> Iterator[Named]:
    return (node for node in ast.walk(tree) if isinstance(node, Named))


def public(body: list[ast.stmt]) -> Iterator[Named]:
    """Yield the public classes and functions of a module, and of its public classes."""
    for node in body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 80


@every_file
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MOST_LINES
    for node in named(ast.parse(text)):
        if not isinstance(node, ast.ClassDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MOST_LINES_IN_A_FUNCTION, f"{node.name} has {lines} lines"


@every_file
def test_everything_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    for node in public(tree.body):
        assert ast.get_docstring(node), f"{node.name} has no docstring"


@every_file
def test_nothing_is_silenced_swallowed_or_printed(path: Path) -> None:
    text = ROLLS_BACK.sub("", path.read_text())
    for pattern, instead in FORBIDDEN:
        found = pattern.search(text)
        assert found is None, f"{found and found[0]}: {instead}"


@every_file
def test_nothing_is_exported_twice(path: Path) -> None:
    if path.name == "__init__.py":
        imports = (ast.Import, ast.ImportFrom)
        assert not any(isinstance(node, imports) for node in ast.walk(ast.parse(path.read_text())))


def test_the_import_contracts_hold() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* kept, 0 broken", done.stdout)


def test_no_test_is_named_by_gzip_data(request: pytest.FixtureRequest) -> None:
    """Its header holds the time, so each process would name the test otherwise (RFC 1952, 2.3)."""
    named_by_data = [item.name for item in request.session.items if r"\x1f\x8b" in item.name]
    assert not named_by_data


NAMES_A_KEY = re.compile(
    r"\b[Pp]ress [^\s{]"
    r"|\b(Esc|Escape|Enter|Space|Backspace|PgUp|PgDn|(Ctrl|Shift)\+\w+)\b"
    r"|(^|[.;:] )[!?*/<>B-HJ-Zb-z] (in|on|goes|shows|stops|[a-z]+ies)\b"
)
DRAWN = [path for path in FILES if path.relative_to(ROOT).parts[1] in ("screens", "widgets")]


def said(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a module; those that explain it stand alone."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


@pytest.mark.parametrize("path", DRAWN, ids=[str(path.relative_to(ROOT)) for path in DRAWN])
def test_no_sentence_of_a_screen_names_a_key_that_may_be_another(path: Path) -> None:
    found = [text for text in said(ast.parse(path.read_text())) if NAMES_A_KEY.search(text)]
    assert not found, "ask `keymap.Keys` for the key"


@pytest.mark.parametrize(
    "text", ["Press v to verify.", "Esc leaves.", "Done. R retries all.", "first, with Enter."]
)
def test_a_named_key_is_found(text: str) -> None:
    assert NAMES_A_KEY.search(text)
