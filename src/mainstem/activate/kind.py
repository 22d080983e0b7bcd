"""A type of destination as it is registered: cheap to load, and opened only when it is used.

An entry point of the group `mainstem.destinations` names a `DestinationKind`:

    [project.entry-points."mainstem.destinations"]
    helpdesk = "acme_helpdesk:KIND"

The module it stands in imports no client: plans of tasks are made by processes that write nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.config.kinds import Kinds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.activate.contract import Destination
    from mainstem.activate.settings import DestinationSettings
    from mainstem.saas import Budget, Clock, Patience


@dataclass(frozen=True)
class Opening:
    """What a destination is given."""

    name: str
    """Its name in the settings."""
    settings: Any
    """Of the kind's own Struct."""
    budget: Budget
    """The account's, which connectors of the same account take from too."""
    clock: Clock
    folder: Path
    """Its own, private: for tokens that a service rotates, and files on their way."""
    patience: Patience
    """Of its sessions."""


@dataclass(frozen=True)
class DestinationKind:
    name: str
    """What `type` in the settings says."""
    title: str
    """What people call the service."""
    settings: type[DestinationSettings]
    open: Callable[[Opening], Destination]
    """Imports what it needs, opens no connection yet. Raises ConfigError for settings that contradict."""


KINDS: Kinds[DestinationKind] = Kinds("mainstem.destinations", "destination", "destinations")


def kind_names() -> tuple[str, ...]:
    return KINDS.names()


def find_kind(name: str) -> DestinationKind:
    """Raises UsageError for a type nobody registers, EnvironmentFailure for one that cannot be imported."""
    return KINDS.find(name)
