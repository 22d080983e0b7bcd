"""The streams of files: each table with the lines that were rejected and the files that were read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.files.logs import LOGS
from mainstem.connectors.letters import I, S, T
from mainstem.connectors.streams import Deletes, Stream, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.connectors.files.settings import FilesSettings, FileTable
    from mainstem.warehouse import ColumnType

FILE, LINE, MODIFIED = "_file", "_line", "_modified"
"""As fivetran names them: path below the location, line or row from 1, when the file was changed."""
_PLACE = {FILE: S, LINE: I, MODIFIED: T}
_REJECTED = {FILE: S, LINE: I, "reason": S}
_FILES = {FILE: S, MODIFIED: T, "size": I, "lines": I, "rejected": I}


def rejected_of(name: str) -> str:
    return f"{name}_rejected"


def files_of(name: str) -> str:
    return f"{name}_file"


def streams_of(settings: FilesSettings) -> tuple[Stream, ...]:
    return tuple(stream_of(name, table) for name, table in settings.tables.items())


def stream_of(name: str, table: FileTable) -> Stream:
    return Stream(
        name,
        (
            Table(
                name,
                table.key or (FILE, LINE),
                {**_PLACE, **known_columns(table)},
                owner=FILE,
                pseudonymised=hidden_of(table),
            ),
            Table(rejected_of(name), (FILE, LINE), _REJECTED, owner=FILE),
            Table(files_of(name), (FILE,), _FILES),
        ),
        Deletes.UNKNOWN,
    )


def known_columns(table: FileTable) -> Mapping[str, ColumnType]:
    """Those that are known before a file is looked at."""
    log = LOGS.get(table.format)
    columns = {**(log.columns if log else {}), **table.columns}
    return {name: kind for name, kind in columns.items() if name not in table.without_columns}


def hidden_of(table: FileTable) -> tuple[str, ...]:
    """Columns of which the pseudonym alone is kept."""
    return table.pseudonymise + (table.ip_columns if table.ip == "pseudonymise" else ())
