"""Every screen as text, on a small and on a usual terminal, beside what it was.

`pytest tests/pilot/test_snapshots.py --snapshot-update` takes the screens as they are now.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from scripts.scenes import SCENES, Scene, alike, filled, staged
from tui.app import TrailhoundApp
from tui.storage.cache import Cache

pytestmark = pytest.mark.slow

SIZES = ((80, 24), (160, 45))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """Give a cache that all scenes share; none of them writes."""
    return filled(tmp_path_factory.mktemp("scenes"), 3_000)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give a terminal with colours and all characters, and a user without settings."""
    for name in ("LC_ALL", "LC_CTYPE", "NO_COLOR", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"LANG": "C.UTF-8", "COLORTERM": "truecolor"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def text_of(app: TrailhoundApp) -> str:
    """Return what the terminal shows, without colours."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_a_screen_shows_what_it_showed(
    scene: Scene, size: tuple[int, int], cache: Cache, snapshot: SnapshotAssertion
) -> None:
    async with staged(cache, scene, size) as app:
        shown = alike(text_of(app))
    assert len(shown.splitlines()) <= size[1]
    assert shown == snapshot
