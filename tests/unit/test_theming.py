from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color, ColorSystem

from tui import theming
from tui.paths import theme_folders
from tui.widgets import palette

DELIVERED = tuple(theming.load([Path(__file__).parents[2] / "themes"]).found.values())


def test_the_themes_delivered_are_whole_and_the_default_is_the_built_in_one() -> None:
    themes = theming.load(theme_folders())
    assert themes.rejected == ()
    assert {"trailhound", "daylight", "monochrome"} <= themes.found.keys()
    assert themes.found["trailhound"] == theming.Theme()
    assert not themes.found["daylight"].dark
    assert len(themes.found) >= 10


@pytest.mark.parametrize("theme", DELIVERED, ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_ground(theme: theming.Theme) -> None:
    if theme.terminal:
        assert theme.contrast is None
        assert theme.colors.text == theme.colors.background == "default"
        return
    for role in theming.TEXTS:
        for ground in theming.GROUNDS:
            found = theming.contrast(getattr(theme.colors, role), getattr(theme.colors, ground))
            assert found >= theming.READABLE, f"{role} on {ground}: {found:.2f}"


@pytest.mark.parametrize("theme", DELIVERED, ids=lambda theme: theme.name)
def test_a_theme_is_found_under_its_own_name_and_is_as_light_as_it_says(
    theme: theming.Theme,
) -> None:
    assert theming.named(theme.name, theme_folders()) == theme
    if not theme.terminal:
        black, ground = theming.contrast("#000000", theme.colors.background), theme.colors.selection
        assert (black < theming.READABLE) == theme.dark
        assert theming.contrast(theme.colors.background, ground) > 1.2


def test_contrast_is_what_wcag_says_it_is() -> None:
    assert theming.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert theming.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_theme_that_cannot_be_read_is_known_by_its_contrast() -> None:
    dim = theming.parse('name = "dim"\n[colors]\nmuted = "#222b33"')
    assert dim.contrast == pytest.approx(1.0)


def test_a_theme_is_found_in_a_file_of_another_name(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('name = "mine"\ndark = false')
    (tmp_path / "mine.toml").write_text('name = "theirs"')
    found = theming.named("mine", [tmp_path])
    assert found is not None
    assert not found.dark
    assert theming.named("nobodys", [tmp_path]) is None


def test_the_users_folder_comes_before_the_themes_delivered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAILHOUND_CONFIG", str(tmp_path))
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "nord.toml").write_text('name = "nord"\ndark = false')
    assert not theming.load(theme_folders()).found["nord"].dark


def test_a_theme_of_the_terminals_colours_takes_its_ground_for_what_is_not_named() -> None:
    theme = theming.parse('name = "x"\nterminal = true\n[colors]\naccent = "bright-blue"')
    assert theme.terminal
    assert theme.colors.background == "default"
    assert palette.textual_theme(theme).accent == "ansi_bright_blue"
    assert palette.textual_theme(theme).ansi


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
        ('name = "x"\n[colors]\nacent = "#000000"', "'acent' is not a role; did you mean accent"),
        ('name = "x"\n[colors]\nlead = "#000000"', "'lead' is not a role; roles are background"),
        ('name = "x"\nterminal = "yes"', "terminal has to be true or false"),
        ('name = "x"\nterminal = true\n[colors]\nok = "#000000"', "one of the terminal's"),
        ('name = "x"\nterminal = true\n[colors]\nok = 3', "one of the terminal's"),
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


@pytest.mark.parametrize("name", ["trailhound", "daylight", "monochrome", "sixteen"])
def test_with_sixteen_colours_the_cursor_shows_and_all_text_can_be_read(name: str) -> None:
    colors = theming.load(theme_folders()).found[name].colors
    assert sixteen(colors.selection) != sixteen(colors.background)
    read = (colors.text, colors.muted, colors.accent, colors.denied, colors.failed, colors.critical)
    for ground in (colors.background, colors.surface, colors.selection):
        assert sixteen(ground) not in {sixteen(color) for color in read}
