"""A type of destination as it is registered: cheap to load, and opened only when it is used.

An entry point of the group `mainstem.destinations` names a `DestinationKind`:

    [project.entry-points."mainstem.destinations"]
    helpdesk = "acme_helpdesk:KIND"

The module it stands in imports no client: plans of tasks are made by processes that write nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.config.kinds import Kinds
from mainstem.saas import Opening as ServiceOpening

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.activate.contract import Destination
    from mainstem.activate.settings import DestinationSettings


class Opening(ServiceOpening):
    """What a destination is given."""


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
