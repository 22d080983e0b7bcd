"""Jira Cloud: issues with their history, comments and links; worklogs; boards, sprints, versions, people.

Tables and columns are named as fivetran's dbt_jira reads them. It changes nothing in Jira.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mainstem.connectors.jira.settings import JiraSettings
from mainstem.connectors.jira.streams import STREAMS
from mainstem.connectors.kind import ConnectorKind, Opening, tables_of

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.jira.source import open_jira  # brings dlt: 1 s and 50 MB

    return open_jira(opening)


KIND = ConnectorKind("jira", "Jira Cloud", JiraSettings, _open, partial(tables_of, STREAMS))
