"""What a project says of its destinations: a table `[destinations.NAME]` each, of the type it names.

Each type has a Struct of its own that extends `DestinationSettings`. Reading them imports no client.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

import msgspec

from mainstem.activate.kind import KINDS

if TYPE_CHECKING:
    from mainstem.config import Config

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class DestinationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[destinations.NAME]`, of every type. NAME is what activations and commands call it."""

    type: str
    """What it is; `mainstem activate destinations` lists the types there are."""
    base_url: str = ""
    """Where the service is, in place of its usual address."""
    daily_calls: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Calls of the account in any 24 hours, of all that Mainstem does with it; left out, what the service
    allows."""
    reserve_calls: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Calls of the service's own daily quota that are left to others."""


def read_destinations(config: Config, *, secrets: bool = True) -> dict[str, DestinationSettings]:
    """Every destination of a project by name, checked. Raises ConfigError with file and line.

    Without `secrets` they are left out and not looked up: plans of tasks are made where nobody has them.
    """
    return {
        name: KINDS.settings(config, name, table, secrets=secrets)[1]
        for name, table in KINDS.tables(config).items()
    }


_PACE = ("daily_calls", "reserve_calls")
"""Settings that decide how fast is written, and neither what nor where."""
_WHERE = ("type", "base_url", "domain", "url")
"""Settings that decide whose records are written."""


def place_of(config: Config, name: str) -> bytes:
    """The same as long as the settings of a destination are the same: as they are written, secrets by the
    reference that stands for them."""
    return _digest({key: value for key, value in _written(config, name).items() if key not in _PACE})


def where_of(config: Config, name: str) -> bytes:
    """The same as long as a destination is the same service at the same address, however else it is set."""
    return _digest({key: value for key, value in _written(config, name).items() if key in _WHERE})


def _written(config: Config, name: str) -> dict[str, object]:
    table = KINDS.tables(config)[name]
    return dict(table) if isinstance(table, dict) else {}


def _digest(written: dict[str, object]) -> bytes:
    return sha256(msgspec.json.encode(written, order="sorted", enc_hook=str)).digest()


def read_destination(config: Config, name: str) -> DestinationSettings:
    """One of them with its secrets; those of others are not looked up, for its pods do not have them. Raises
    UsageError for one there is not, ConfigError as `read_destinations`."""
    KINDS.ensure_named(name, read_destinations(config, secrets=False))
    settings: DestinationSettings = KINDS.settings(config, name, KINDS.tables(config)[name], secrets=True)[1]
    return settings
