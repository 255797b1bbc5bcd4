"""A clean environment and a loopback AWS in it, for tests that import them by name.

from tests.servers.fixtures import aws, loopback
__all__ = ["aws", "loopback"]
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.servers.aws import LoopbackAws

KEY = "AKIAIOSFODNN7EXAMPLE"
"""The access key of the environment; belongs to tests.servers.history.ACCOUNT."""


@pytest.fixture(scope="session")
def loopback() -> Iterator[LoopbackAws]:
    """Serve one AWS for the whole run, as loading moto takes longer than most tests."""
    with LoopbackAws() as server:
        yield server


@pytest.fixture
def aws(
    loopback: LoopbackAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[LoopbackAws]:
    """A new AWS that boto3's own configuration leads to, and nothing else does."""
    loopback.reset()
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    settings = {
        "AWS_ENDPOINT_URL": loopback.url,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": "fake",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "aws-credentials"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield loopback
    loopback.faults.rules.clear()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the cache of commands is."""
    path = tmp_path / "cache.db"
    monkeypatch.setenv("TRAILHOUND_CACHE", str(path))
    return path


def profiles(folder: Path, keys: Mapping[str, str]) -> None:
    """Make profiles of this machine, of an access key each; `folder` is that of the test."""
    sections = (
        f"[profile {name}]\nregion = us-east-1\n"
        f"aws_access_key_id = {key}\naws_secret_access_key = fake\n"
        for name, key in keys.items()
    )
    (folder / "aws-config").write_text("\n".join(sections))
