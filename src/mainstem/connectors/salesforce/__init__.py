"""Salesforce: any object of an org, its columns as the org describes them.

Tables and columns are named as fivetran's dbt_salesforce reads them. It changes nothing in Salesforce.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.kind import ConnectorKind, Opening
from mainstem.connectors.names import snake
from mainstem.connectors.salesforce.settings import SalesforceSettings
from mainstem.connectors.settings import is_read

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.salesforce.source import open_salesforce  # brings dlt: 1 s and 50 MB

    return open_salesforce(opening)


def _tables(settings: SalesforceSettings) -> tuple[str, ...]:
    """Of the objects that are named; of those left out, only the org knows which it has."""
    names = (snake(name) for name in settings.objects)
    return tuple(name for name in names if is_read(name, settings))


KIND = ConnectorKind("salesforce", "Salesforce", SalesforceSettings, _open, _tables)
