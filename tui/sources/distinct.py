"""Numbering the distinct values of one dimension of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

Key = TypeVar("Key")
Value = TypeVar("Value")


class Distinct(Generic[Value]):
    """The distinct values of one dimension of a batch, and what was found to stand for them."""

    def __init__(self, values: list[Value]) -> None:
        self._by_value: dict[Value, int] = {}
        self._by_key: dict[object, int] = {}
        self._values = values

    def index(self, value: Value) -> int:
        """Return the index of a value, adding it if it is new."""
        index = self._by_value.setdefault(value, len(self._values))
        if index == len(self._values):
            self._values.append(value)
        return index

    def of(self, key: Key, derive_value: Callable[[Key], Value]) -> int:
        """Return the index for one key."""
        index = self._by_key.get(key)
        if index is None:
            index = self._by_key[key] = self.index(derive_value(key))
        return index

    def indexes(self, keys: Sequence[Key], derive_value: Callable[[Key], Value]) -> list[int]:
        """Return the index for each key; a value is derived only for a key not met before."""
        known = self._by_key
        found = list(map(known.get, keys))
        values, by_value = self._values, self._by_value
        for at in [at for at, index in enumerate(found) if index is None]:
            key = keys[at]
            index = known.get(key)
            if index is None:  # as `of` does it, without two calls for each
                value = derive_value(key)
                index = known[key] = by_value.setdefault(value, len(values))
                if index == len(values):
                    values.append(value)
            found[at] = index
        return cast("list[int]", found)
