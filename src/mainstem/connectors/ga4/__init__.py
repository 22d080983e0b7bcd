"""Google Analytics 4: reports of a property by day, the usual ones and those a project defines.

Tables of the usual ones are named and shaped as fivetran's google_analytics_4 has them. It reads no single
events, which the Data API does not give, and changes nothing in the property.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.ga4.reports import reports_of
from mainstem.connectors.ga4.settings import Ga4Settings
from mainstem.connectors.ga4.streams import stream_of
from mainstem.connectors.kind import ConnectorKind, Opening, tables_of

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.ga4.source import open_ga4  # brings requests

    return open_ga4(opening)


def _tables(settings: Ga4Settings) -> tuple[str, ...]:
    streams = [stream_of(name, report) for name, report in reports_of(settings).items()]
    return tuple(dict.fromkeys(tables_of(streams, settings)))


KIND = ConnectorKind("ga4", "Google Analytics 4", Ga4Settings, _open, _tables)
