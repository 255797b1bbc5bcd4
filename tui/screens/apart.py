"""Work in a thread that nobody waits for when the program ends.

The event loop joins the threads of its own executor before it closes; a request on its way to a
network that is gone would keep the user waiting for the prompt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


class _Failing:
    """Hands whatever its block raises to a future."""

    def __init__(self, future: Future[T]) -> None:
        self._fail = future.set_exception

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> bool:
        if error is not None:
            self._fail(error)
        return True


async def apart(job: Callable[[], T]) -> T:
    """Return what a job returns, or raise what it raises, while the event loop goes on."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # from now on nobody can cancel it under the thread

    def run() -> None:
        with _Failing(future):
            future.set_result(job())

    Thread(target=run, name="apart", daemon=True).start()
    return await asyncio.wrap_future(future)
