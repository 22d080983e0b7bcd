"""Any REST API, by a declaration in YAML: what is asked, how pages follow, what changed, which tables.

A declaration is dlt's `rest_api` configuration, and what that leaves to Python. Every request keeps to the
account's budget. It runs no code of a project: what a declaration cannot say wants a connector of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.connectors.kind import ConnectorKind, Opening
from mainstem.connectors.rest.reading import read_declaration
from mainstem.connectors.rest.settings import RestSettings, placed
from mainstem.connectors.rest.streams import tables_of

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.rest.source import open_rest  # brings dlt: 1 s and 50 MB

    return open_rest(opening)


def _tables(settings: RestSettings) -> tuple[str, ...]:
    return tables_of(read_declaration(Path(settings.declaration)), settings)


KIND = ConnectorKind("rest", "REST API", RestSettings, _open, _tables, placed)
