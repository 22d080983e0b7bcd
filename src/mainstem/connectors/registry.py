"""Types of connectors, found by entry point. Listing them imports none; one is loaded when it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.config.kinds import Kinds

if TYPE_CHECKING:
    from mainstem.connectors.kind import ConnectorKind

KINDS: Kinds[ConnectorKind] = Kinds("mainstem.connectors", "connector", "connectors")


def kind_names() -> tuple[str, ...]:
    return KINDS.names()


def find_kind(name: str) -> ConnectorKind:
    """Raises UsageError for a type nobody registers, EnvironmentFailure for one that cannot be imported."""
    return KINDS.find(name)
