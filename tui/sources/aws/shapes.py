"""As much of boto3's clients as this package uses: boto3 makes them at run time, without types."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, TypeAlias

Answer: TypeAlias = Mapping[str, Any]
"""A parsed response; its members are what the service model says."""


class Emitter(Protocol):
    """botocore's hooks."""

    def register(
        self, event_name: str, handler: Callable[..., None], unique_id: str | None = None
    ) -> None:
        """Call the handler on an event; once, however often it is registered with one id."""

    def unregister(self, event_name: str, handler: Callable[..., None]) -> None:
        """Call the handler no longer."""


class ServiceModel(Protocol):
    """What a client knows of its service."""

    operation_names: Collection[str]


class Meta(Protocol):
    """What a client knows of itself."""

    events: Emitter
    service_model: ServiceModel
    region_name: str
    endpoint_url: str


class Client(Protocol):
    """A boto3 client; safe to share between threads."""

    meta: Meta
    _endpoint: Any

    def close(self) -> None:
        """Close its connections."""

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        """Return the method of an operation."""
