"""How a message of ours is declared: a class with annotated fields, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

M = TypeVar("M")


@dataclass_transform(eq_default=False)
def message(declared: type[M]) -> type[M]:
    """Make the fields of a message its parameters.

    A start declares dozens; comparing them and writing them as text, which nobody does, would take
    as long again to declare.
    """
    return dataclass(eq=False, repr=False)(declared)
