"""Marketo Engage: leads, what happened to them, programs, campaigns, e-mails and lists.

Tables and columns are named as fivetran's dbt_marketo reads them. It changes nothing in Marketo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.kind import ConnectorKind, Opening, tables_of
from mainstem.connectors.marketo.settings import MarketoSettings
from mainstem.connectors.marketo.streams import usual

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.marketo.source import open_marketo  # brings dlt: 1 s and 50 MB

    return open_marketo(opening)


def _tables(settings: MarketoSettings) -> tuple[str, ...]:
    """Those that every instance has, less the activities that are not read."""
    return tables_of(usual(settings.activity_types), settings)


KIND = ConnectorKind("marketo", "Marketo Engage", MarketoSettings, _open, _tables)
