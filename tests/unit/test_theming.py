from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color, ColorSystem

from tui import theming
from tui.paths import theme_folders


def test_the_themes_delivered_are_whole_and_the_default_is_the_built_in_one() -> None:
    themes = theming.load(theme_folders())
    assert themes.rejected == ()
    assert {"trailhound", "daylight", "monochrome"} <= themes.found.keys()
    assert themes.found["trailhound"] == theming.Theme()
    assert not themes.found["daylight"].dark


def test_a_theme_may_name_only_what_it_changes() -> None:
    theme = theming.parse('name = "mine"\n[colors]\naccent = "#ABCDEF"')
    assert theme.colors.accent == "#ABCDEF"
    assert theme.colors.text == theming.Colors().text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = ", "Invalid value"),
        ("", "name has to be"),
        ("name = 3", "name has to be"),
        ('name = "x y"', "name has to be"),
        ('name = "x"\ndark = 1', "dark has to be"),
        ('name = "x"\ncolors = "red"', "colors has to be"),
        ('name = "x"\ncolour = 1', "'colour' is not part"),
        ('name = "x"\n[colors]\nacent = "#000000"', "'acent' is not a role"),
        ('name = "x"\n[colors]\naccent = "red"', "accent has to be a colour"),
        ('name = "x"\n[colors]\naccent = "#12345"', "accent has to be a colour"),
    ],
)
def test_a_bad_theme_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        theming.parse(text)


def test_a_bad_file_is_listed_and_the_others_are_used(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text('name = "good"')
    (tmp_path / "bad.toml").write_text("name = 3")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    themes = theming.load([tmp_path])
    assert set(themes.found) == {"good", "trailhound"}
    assert [item.path.name for item in themes.rejected] == ["bad.toml", "binary.toml"]
    assert all(item.reason for item in themes.rejected)


def test_of_two_themes_with_one_name_the_first_folder_wins(tmp_path: Path) -> None:
    for folder, dark in (("a", "true"), ("b", "false")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.toml").write_text(f'name = "x"\ndark = {dark}')
    assert theming.load([tmp_path / "a", tmp_path / "b"]).found["x"].dark


def sixteen(color: str) -> int | None:
    return Color.parse(color).downgrade(ColorSystem.STANDARD).number


@pytest.mark.parametrize("name", ["trailhound", "daylight", "monochrome"])
def test_with_sixteen_colours_the_cursor_shows_and_all_text_can_be_read(name: str) -> None:
    colors = theming.load(theme_folders()).found[name].colors
    assert sixteen(colors.selection) != sixteen(colors.background)
    read = (colors.text, colors.muted, colors.accent, colors.denied, colors.failed, colors.critical)
    for ground in (colors.background, colors.surface, colors.selection):
        assert sixteen(ground) not in {sixteen(color) for color in read}
