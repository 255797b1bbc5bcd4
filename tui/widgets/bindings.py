"""From the table of actions to what Textual listens to."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from tui.actions import BY_NAME, Action


def bindings(*scopes: str) -> list[BindingType]:
    """Return the bindings of parts of the interface, for the `BINDINGS` of whoever has them."""
    return [_binding(scope, action) for scope in scopes for action in BY_NAME[scope].actions]


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
