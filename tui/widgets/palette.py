"""How a theme's roles become what Textual draws with.

Widgets name roles as CSS variables (`$muted`, `$severity-high`, ...), so an app that shows any of
them returns `variables(Theme())` from `get_theme_variable_defaults` and registers its themes with
`textual_theme`. Without the first, Textual refuses the widgets' CSS.
"""

from __future__ import annotations

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


def variables(theme: Theme) -> dict[str, str]:
    """Return the CSS variables our widgets need, as colours of the theme."""
    return {name: getattr(theme.colors, role) for name, role in _VARIABLES.items()}


def textual_theme(theme: Theme) -> TextualTheme:
    """Return the theme for `App.register_theme`."""
    colors = theme.colors
    textual = {name: getattr(colors, role) for name, role in _OF_TEXTUAL.items()}
    return TextualTheme(
        name=theme.name,
        dark=theme.dark,
        primary=colors.accent,
        secondary=colors.muted,
        accent=colors.accent,
        warning=colors.denied,
        error=colors.critical,
        success=colors.ok,
        foreground=colors.text,
        background=colors.background,
        surface=colors.surface,
        panel=colors.panel,
        variables={**variables(theme), **textual},
    )
