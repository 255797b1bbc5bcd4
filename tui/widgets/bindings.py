"""From the table of actions to what Textual listens to, and back to what works now."""

from __future__ import annotations

from textual.binding import ActiveBinding, Binding, BindingType
from textual.screen import Screen

from tui.actions import BY_NAME, Action
from tui.keymap import typed


def bindings(*scopes: str) -> list[BindingType]:
    """Return the bindings of parts of the interface, for the `BINDINGS` of whoever has them."""
    return [_binding(scope, action) for scope in scopes for action in BY_NAME[scope].actions]


def of_dialog(*scopes: str) -> list[BindingType]:
    """Return the bindings of what lies over a screen: the app's own end where it begins."""
    return [*bindings(*scopes), Binding("ctrl+c", "app.help_quit", show=False, system=True)]


def working(screen: Screen[object]) -> dict[str, ActiveBinding]:
    """Return what each key does now; one that is typed where the focus is does nothing else."""
    active, focused = screen.active_bindings, screen.focused
    if focused is None:
        return active
    return {
        key: each for key, each in active.items() if not focused.check_consume_key(key, typed(key))
    }


def _binding(scope: str, action: Action) -> Binding:
    return Binding(
        action.keys,
        action.act or action.id,
        action.label,
        show=action.footer,
        tooltip=action.help,
        id=f"{scope}.{action.id}",
        priority=action.first,
    )
