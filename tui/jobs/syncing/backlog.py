"""What threads have read and one thread has yet to write, bounded by its bytes.

A count alone bounds nothing: log files hold from a few hundred bytes to tens of megabytes.
"""

from __future__ import annotations

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Backlog(Generic[Item]):
    """A queue in which `most` bytes may wait, or one item that is larger."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[tuple[Item, int]] = deque()
        self._waiting = 0
        self._changed = Condition()

    def put(self, item: Item, size: int, timeout: float) -> bool:
        """Add an item of so many bytes; return False if there was no room for `timeout` s."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_room(size), timeout):
                return False
            self._items.append((item, size))
            self._waiting += size
            self._changed.notify_all()
            return True

    def take(self, most: int, timeout: float) -> list[Item]:
        """Return the first items, up to `most` bytes but one at least; none after `timeout` s."""
        taken: list[Item] = []
        size = 0
        with self._changed:
            self._changed.wait_for(lambda: self._items, timeout)
            while self._items and (not taken or size + self._items[0][1] <= most):
                item, each = self._items.popleft()
                taken.append(item)
                size += each
            self._waiting -= size
            self._changed.notify_all()
        return taken

    def empty(self) -> bool:
        """Return whether nothing waits."""
        with self._changed:
            return not self._items

    def _has_room(self, size: int) -> bool:
        return not self._items or self._waiting + size <= self._most
