"""How a theme's roles become what Textual draws with.

Widgets name roles as CSS variables (`$muted`, `$severity-high`, ...), so an app that shows any of
them returns `variables(Theme())` from `get_theme_variable_defaults` and registers its themes with
`textual_theme`. Without the first, Textual refuses the widgets' CSS.
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as TextualTheme

from tui.theming import Theme

_VARIABLES = {
    "muted": "muted",
    "faint": "faint",
    "accent-color": "accent",
    "selection": "selection",
    "resting": "resting",
    "result-ok": "ok",
    "result-denied": "denied",
    "result-failed": "failed",
    "severity-low": "low",
    "severity-medium": "medium",
    "severity-high": "high",
    "severity-critical": "critical",
}
"""CSS variable to role."""

_OF_TEXTUAL = {
    "input-selection-background": "selection",
    "block-cursor-background": "selection",
    "block-cursor-foreground": "text",
    "block-cursor-blurred-background": "resting",
    "block-cursor-blurred-foreground": "text",
    "footer-background": "surface",
    "footer-key-foreground": "accent",
    "footer-description-foreground": "muted",
    "border": "accent",
    "border-blurred": "faint",
    "scrollbar": "faint",
    "scrollbar-hover": "muted",
    "scrollbar-active": "accent",
    "scrollbar-background": "background",
    "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background",
}
"""Variables of Textual's own widgets, to role."""
_CHOSEN = {
    "block-cursor-background": "ansi_blue",
    "block-cursor-foreground": "ansi_bright_white",
    "block-cursor-blurred-background": "ansi_blue",
    "block-cursor-blurred-foreground": "ansi_bright_white",
    "input-selection-background": "ansi_blue",
    "input-selection-foreground": "ansi_bright_white",
}
"""What stands out in Textual's own lists where nobody knows the ground: CSS cannot reverse it."""


def variables(theme: Theme) -> dict[str, str]:
    """Return the CSS variables our widgets need, as colours of the theme."""
    return {name: _color(theme, role) for name, role in _VARIABLES.items()}


def _color(theme: Theme, role: str) -> str:
    """Return a role's colour as Textual writes it."""
    color: str = getattr(theme.colors, role)
    return f"ansi_{color.replace('-', '_')}" if theme.terminal else color


def textual_theme(theme: Theme) -> TextualTheme:
    """Return the theme for `App.register_theme`."""
    textual = {name: _color(theme, role) for name, role in _OF_TEXTUAL.items()}
    return TextualTheme(
        name=theme.name,
        dark=theme.dark,
        ansi=theme.terminal,
        primary=_color(theme, "accent"),
        secondary=_color(theme, "muted"),
        accent=_color(theme, "accent"),
        warning=_color(theme, "denied"),
        error=_color(theme, "critical"),
        success=_color(theme, "ok"),
        foreground=_color(theme, "text"),
        background=_color(theme, "background"),
        surface=_color(theme, "surface"),
        panel=_color(theme, "panel"),
        variables={**variables(theme), **textual, **_ansi(theme)},
    )


def _ansi(theme: Theme) -> dict[str, str]:
    """Return what Textual's own CSS names on a terminal with colours of its own."""
    if not theme.terminal:
        return {}
    return BUILTIN_THEMES["ansi-dark" if theme.dark else "ansi-light"].variables | _CHOSEN
