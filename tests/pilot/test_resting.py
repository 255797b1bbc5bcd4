from __future__ import annotations

from textual.app import App

from tui.screens.resting import Resting


async def test_only_the_last_action_is_carried_out_and_only_once() -> None:
    done: list[str] = []
    app = App[None]()
    async with app.run_test() as pilot:
        resting = Resting(app, 0.01)
        resting.then(lambda: done.append("first"))
        resting.then(lambda: done.append("last"))
        while not done:
            await pilot.pause(0.01)
        resting.finish()
        await pilot.pause(0.03)
        assert done == ["last"]


async def test_what_waits_can_be_had_at_once_or_not_at_all() -> None:
    done: list[str] = []
    app = App[None]()
    async with app.run_test() as pilot:
        resting = Resting(app, 60)
        resting.then(lambda: done.append("at once"))
        resting.finish()
        assert done == ["at once"]
        resting.then(lambda: done.append("never"))
        resting.cancel()
        resting.finish()
        await pilot.pause()
        assert done == ["at once"]
