"""The files of a folder or a bucket as streams: one for each table of the settings."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.connectors.contract import Connector, Finding
from mainstem.connectors.files.places import Folder
from mainstem.connectors.files.reading import FilesReading
from mainstem.connectors.files.tables import streams_of
from mainstem.errors import ApiUnavailable, ConfigError, CredentialsRefused
from mainstem.saas import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.connectors.contract import Asked, Page
    from mainstem.connectors.files.places import Place
    from mainstem.connectors.files.settings import FilesSettings, FileTable
    from mainstem.connectors.kind import Opening
    from mainstem.connectors.streams import Stream

_SCHEME = "s3://"


def open_files(opening: Opening) -> Connector:
    """Raises ConfigError for a location or a table that is none."""
    settings: FilesSettings = opening.settings
    where = f"[connectors.{opening.name}]"
    if not settings.location:
        raise ConfigError(where, "lacks its location", 'location = "exports", or "s3://bucket/prefix"')
    if not settings.tables:
        raise ConfigError(where, "has no tables", f"[{where.strip('[]')}.tables.NAME] with files and format")
    for name, table in settings.tables.items():
        _check(f"[{where.strip('[]')}.tables.{name}]", name, table)
    return Files(opening, _place(opening, settings, where))


class Files(Connector):
    def __init__(self, opening: Opening, place: Place) -> None:
        self._settings: FilesSettings = opening.settings
        self._clock = opening.clock
        self._place = place
        self._usage = Usage()
        self._start = datetime.fromisoformat(self._settings.start).replace(tzinfo=UTC)

    def check(self) -> Sequence[Finding]:
        findings = []
        for name in self._settings.tables:
            table = self._settings.tables[name]
            try:
                found = list(self._reading(name).listed())
                if found:
                    self._place.open(max(found, key=lambda file: file.modified)).close()
            except (CredentialsRefused, ApiUnavailable) as e:
                findings.append(Finding(f"table {name}", False, str(e)))
                continue
            newest = max((file.modified for file in found), default=None)
            said = (
                f"no file matches {table.files} in {self._settings.location}"
                if newest is None
                else f"{len(found)} files match {table.files}, the newest of {newest:%Y-%m-%d %H:%M}"
            )
            findings.append(Finding(f"table {name}", bool(found), said))
        return findings

    def streams(self) -> Sequence[Stream]:
        return streams_of(self._settings)

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        yield from self._reading(stream.name).pages(asked, self._start, self._clock.now())

    @property
    def usage(self) -> Usage:
        return self._usage

    def close(self) -> None:
        return None

    def _reading(self, name: str) -> FilesReading:
        return FilesReading(self._place, name, self._settings.tables[name], self._settings, self._usage)


def _place(opening: Opening, settings: FilesSettings, where: str) -> Place:
    if settings.location.startswith(_SCHEME):
        from mainstem.connectors.files.bucket import Bucket  # an extra that a folder does without

        return Bucket(settings, where)
    if "://" in settings.location:
        raise ConfigError(f"{where} location", f"{settings.location!r}", "a folder, or s3://bucket/prefix")
    return Folder(opening.project / Path(settings.location).expanduser())


def _check(where: str, name: str, table: FileTable) -> None:
    try:
        codecs.lookup(table.encoding)
    except LookupError:
        raise ConfigError(
            f"{where} encoding", f"{table.encoding!r} is none", "utf-8, latin-1, cp1252 …"
        ) from None
    if table.format == "csv" and not (table.header or table.names):
        raise ConfigError(f"{where} names", "are missing, and no line has them", 'names = ["id", "at"]')
    for column in table.key:
        if column in table.without_columns:
            raise ConfigError(f"{where} key", f"{column} is not kept", "a column that is")
        if column in table.pseudonymise or (table.ip != "keep" and column in table.ip_columns):
            raise ConfigError(f"{where} key", f"{column} is not kept as it is", "a column that is")
    if table.files.startswith(("/", "../")) or "/../" in table.files:
        raise ConfigError(f"{where} files", f"{table.files!r} is not below the location", "logs/**/*.gz")
