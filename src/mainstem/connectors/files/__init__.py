"""Files of a folder or a bucket: CSV, NDJSON, Parquet, and logs of CloudFront and Amazon's load balancers.

A file is read once, goes on where it grew, and is read anew where it changed; a line that cannot be read is
kept in a table of its own with the reason. It writes and removes no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.files.settings import FilesSettings
from mainstem.connectors.files.tables import streams_of
from mainstem.connectors.kind import ConnectorKind, Opening, tables_of

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.files.source import open_files  # brings Arrow

    return open_files(opening)


def _tables(settings: FilesSettings) -> tuple[str, ...]:
    return tables_of(streams_of(settings), settings)


KIND = ConnectorKind("files", "Files", FilesSettings, _open, _tables)
