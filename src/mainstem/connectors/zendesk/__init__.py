"""Zendesk Support: tickets with their metrics, comments, history and SLAs; people, organizations, schedules.

Tables and columns are named as fivetran's dbt_zendesk reads them. It changes nothing in Zendesk.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mainstem.connectors.kind import ConnectorKind, Opening, tables_of
from mainstem.connectors.zendesk.settings import ZendeskSettings
from mainstem.connectors.zendesk.streams import STREAMS

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.zendesk.source import open_zendesk  # brings dlt: 1 s and 50 MB

    return open_zendesk(opening)


KIND = ConnectorKind("zendesk", "Zendesk", ZendeskSettings, _open, partial(tables_of, STREAMS))
