"""The files of one table, one after the other: what is new of each, from where it is, page by page.

A file that changed is read anew: its first page replaces all rows that it had. One that grew at its end goes
on. A process that dies in the middle of a file goes on there, unless the file was changed meanwhile.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from mainstem.connectors.contract import Page
from mainstem.connectors.files.cleaning import cleaner
from mainstem.connectors.files.known import Known, Tail, has_grown, samples
from mainstem.connectors.files.lines import is_plain, lines, opened
from mainstem.connectors.files.parquet import ParquetRows
from mainstem.connectors.files.places import Pattern
from mainstem.connectors.files.records import Heading, records
from mainstem.connectors.files.tables import FILE, LINE, MODIFIED, files_of, known_columns, rejected_of
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mainstem.connectors.contract import Asked
    from mainstem.connectors.files.places import Place, StoredFile
    from mainstem.connectors.files.settings import FilesSettings, FileTable
    from mainstem.connectors.streams import Row
    from mainstem.saas import Usage

logger = logging.getLogger("mainstem.connectors")

_FILES_A_PAGE = 200
_FILES_AT_ONCE = 10_000


class Progress(msgspec.Struct):
    """A file on its way: what is sure of it. At its end may stand a record that has no end yet; what is read
    from there on is read again when the file has grown."""

    path: str
    version: str
    offset: int = 0
    line: int = 0
    rows: int = 0
    rejected: int = 0
    names: list[str] = []
    delimiter: str = ""
    quote: str = ""
    open_through: int = 0
    """The last line that was read and is not sure; 0 where all are."""
    head: str = ""
    last: str = ""
    """As of a `Tail`; empty for a file that cannot grow."""


class Gathered:
    """What the next page will hold, of one file or many."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._begin()

    def _begin(self) -> None:
        self.rows: list[Row] = []
        self.rejected: list[Row] = []
        self.files: list[Row] = []
        self.owners: list[str] = []
        self.gone: list[Row] = []
        self.columns: dict[str, ColumnType] = {}

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.rejected)

    def page(self, position: Mapping[str, Any] | None) -> Page:
        """Everything so far; nothing is left."""
        name, rejected = self._name, rejected_of(self._name)
        page = Page(
            rows={name: self.rows, rejected: self.rejected, files_of(name): self.files},
            position=position,
            gone={files_of(name): self.gone},
            owners={name: self.owners, rejected: self.owners},
            columns={name: dict(self.columns)},
        )
        self._begin()
        return page


class FilesReading:
    def __init__(
        self, place: Place, name: str, table: FileTable, settings: FilesSettings, usage: Usage
    ) -> None:
        self._place = place
        self._name = name
        self._table = table
        self._settings = settings
        self._usage = usage
        self._pattern = Pattern(table.files)
        self._clean = cleaner(table)
        self._unsure = [0, 0]
        self._declared = known_columns(table)
        self._gathered = Gathered(name)
        self._known = Known()

    def pages(self, asked: Asked, start: datetime, now: datetime) -> Iterator[Page]:
        """Files that were changed at or after `start`. Raises as `Place`."""
        position = asked.position or {}
        self._known = Known(position.get("known", ""), position.get("tails"))
        begun = msgspec.convert(position["now"], Progress) if position.get("now") else None
        found = sorted(self.listed(), key=lambda file: (file.modified, file.path))
        for number, file in enumerate(found, start=1):
            if file.modified < start or self._known.has(file):
                continue
            yield from self._file(file, begun if begun and begun.path == file.path else None)
            if number % _FILES_A_PAGE == 0 or self._gathered.size >= self._settings.page_rows:
                yield self._gathered.page(self._position())
        yield self._gathered.page(self._position())
        if self._table.removed == "delete":
            yield from self._removed(asked, {file.path for file in found})
        yield Page(position=self._position(), complete_through=now)

    def listed(self) -> Iterator[StoredFile]:
        self._usage.calls += 1
        return (file for file in self._place.list(self._pattern.prefix) if file.path in self._pattern)

    def _file(self, file: StoredFile, begun: Progress | None) -> Iterator[Page]:
        self._usage.calls += 1
        try:
            raw = self._place.open(file)
        except FileNotFoundError:
            return  # gone, or written anew, since it was listed: the next run sees what there is
        with raw:
            self._unsure = [0, 0]
            progress = self._going_on(file, raw, begun)
            if progress is None:
                self._gathered.owners.append(file.path)
                progress = Progress(file.path, file.version)
            before = progress.offset
            try:
                read = self._parquet if self._table.format == "parquet" else self._lines
                yield from read(file, raw, progress)
                tail = self._tail(file, raw, progress)
            except FileNotFoundError:
                # Written anew while it was read: what was taken is replaced when the new one is read.
                logger.info("%s changed while it was read; it is read again by the next run", file.path)
                return
        self._usage.received_bytes += max(file.size - (before if tail else 0), 0)
        self._known.add(file, tail)
        self._gathered.files.append({FILE: file.path, MODIFIED: file.modified, "size": file.size,
                                     "lines": progress.rows + self._unsure[0],
                                     "rejected": progress.rejected + self._unsure[1]})  # fmt: skip
        if progress.rejected:
            logger.warning("%s: %d lines of %s were rejected", self._name, progress.rejected, file.path)

    def _going_on(self, file: StoredFile, raw: Any, begun: Progress | None) -> Progress | None:
        """Where to go on in a file that was read to there; None where it must be read anew."""
        tail = self._known.tails.get(file.path)
        at = begun if begun is not None else tail
        if at is None or (at.open_through and self._table.key):
            return None  # by the key of a row that was not sure nobody finds it again
        if begun is not None and begun.version == file.version:
            return begun
        if file.size <= at.offset or not at.head or not has_grown(raw, at):
            return None
        return Progress(file.path, file.version, at.offset, at.line, at.rows, at.rejected,
                        at.names, at.delimiter, at.quote, at.open_through)  # fmt: skip

    def _lines(self, file: StoredFile, raw: Any, progress: Progress) -> Iterator[Page]:
        heading = Heading(list(progress.names), progress.delimiter, progress.quote)
        longest = self._settings.longest_line_kb * 1024
        if progress.open_through:
            yield from self._again(file, progress)
        stream = opened(raw, file.path, self._table.encoding)
        found = lines(stream, progress.offset, progress.line, longest)
        told: dict[str, ColumnType] | None = None
        for record in records(found, self._table, heading, longest):
            last = record.line.number + record.line_count - 1
            if progress.open_through or not record.is_ended:
                progress.open_through = last
            if record.row is not None or record.problem:
                self._take(file, progress, record.line.number, record.row, record.problem)
            if heading.names and told is not self._gathered.columns and self._table.format == "csv":
                told = self._gathered.columns
                told.update({name: ColumnType.STRING for name in heading.names if name not in self._declared})
            if not progress.open_through:
                progress.offset, progress.line, progress.names = record.end, last, heading.names
                progress.delimiter, progress.quote = heading.delimiter, heading.quote
            if self._gathered.size >= self._settings.page_rows:
                self._sample(file, progress)
                yield self._gathered.page(self._position(progress))

    def _sample(self, file: StoredFile, progress: Progress) -> None:
        """So that a process that goes on knows the file again though it has grown meanwhile."""
        if self._place.files_grow and is_plain(file.path, self._table.encoding):
            with self._place.open(file) as raw:
                progress.head, progress.last = samples(raw, progress.offset)

    def _again(self, file: StoredFile, progress: Progress) -> Iterator[Page]:
        """What was not sure is read again: as other rows, or as lines that are rejected."""
        yield self._gathered.page(None)
        keys = [{FILE: file.path, LINE: n} for n in range(progress.line + 1, progress.open_through + 1)]
        progress.open_through = 0
        yield Page(gone={self._name: keys, rejected_of(self._name): keys})

    def _parquet(self, file: StoredFile, raw: Any, progress: Progress) -> Iterator[Page]:
        try:
            found = ParquetRows(raw)
            kinds = {
                name: kind for name, kind in found.columns.items() if name not in self._table.without_columns
            }
            self._gathered.columns.update({**kinds, **self._declared})
            for number, row in found.rows(progress.line):
                self._take(file, progress, number, row, "")
                progress.line = number
                if self._gathered.size >= self._settings.page_rows:
                    yield self._gathered.page(self._position(progress))
                    self._gathered.columns.update({**kinds, **self._declared})
        except (pa.ArrowException, ValueError) as e:
            reason = f"the file cannot be read from here on: {next(iter(str(e).splitlines()), '')}"
            self._take(file, progress, progress.line + 1, None, reason)

    def _take(
        self, file: StoredFile, progress: Progress, line: int, row: Mapping[str, Any] | None, problem: str
    ) -> None:
        missing = [name for name in self._table.key if row is not None and row.get(name) is None]
        if row is None or missing:
            reason = problem or f"{', '.join(missing)} of its key is missing"
            self._gathered.rejected.append({FILE: file.path, LINE: line, "reason": reason})
            self._count(progress, rejected=True)
            return
        found = self._clean(row)
        self._gathered.rows.append({FILE: file.path, LINE: line, MODIFIED: file.modified, **found})
        self._count(progress, rejected=False)

    def _count(self, progress: Progress, *, rejected: bool) -> None:
        if progress.open_through:
            self._unsure[rejected] += 1
        elif rejected:
            progress.rejected += 1
        else:
            progress.rows += 1

    def _tail(self, file: StoredFile, raw: Any, progress: Progress) -> Tail | None:
        if self._table.format == "parquet" or not is_plain(file.path, self._table.encoding):
            return None
        head, last = samples(raw, progress.offset)
        return Tail(
            file.modified.timestamp(), progress.offset, progress.line, head, last, progress.names,
            progress.delimiter, progress.quote, progress.rows, progress.rejected, progress.open_through,
        )  # fmt: skip

    def _removed(self, asked: Asked, there: set[str]) -> Iterator[Page]:
        """Rows of files that stand in the warehouse, and that two listings one after the other lack."""
        if asked.standing is None:
            return
        again: set[str] | None = None
        behind = ""
        while paths := asked.standing(files_of(self._name), behind, _FILES_AT_ONCE):
            behind = paths[-1]
            missing = [path for path in paths if path not in there]
            if missing and again is None:
                again = {file.path for file in self.listed()}
            for path in missing:
                if again is not None and path not in again:
                    self._known.remove(path)
                    self._gathered.owners.append(path)
                    self._gathered.gone.append({FILE: path})
            yield self._gathered.page(self._position())

    def _position(self, now: Progress | None = None) -> dict[str, Any]:
        found = self._known.written()
        if now is not None:
            found["now"] = msgspec.to_builtins(now)
        return found
