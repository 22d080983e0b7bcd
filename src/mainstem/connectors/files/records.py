"""Lines as rows, a format each. What is no row comes as a record too, with the reason.

Reasons name columns and never repeat a value: rejected lines may hold what must not be kept.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.connectors.files.lines import text_encoding
from mainstem.connectors.files.logs import LOGS, BadFile, BadLine
from mainstem.connectors.plain_names import plain_name, plain_names
from mainstem.connectors.values import MISFIT, fitted
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mainstem.connectors.files.lines import Line
    from mainstem.connectors.files.settings import FileTable

_NO_END = "unexpected end of data"
"""What csv says of a quote that is open where the file ends."""
_BLANK = b"\r\n \t"


@dataclass(frozen=True)
class Record:
    line: Line
    """The first of its lines."""
    end: int
    is_ended: bool
    row: Mapping[str, Any] | None = None
    """None without a problem: a line that holds no row, such as a heading."""
    problem: str = ""
    line_count: int = 1


@dataclass
class Heading:
    """What a file said of its columns; a reading that goes on needs it."""

    names: list[str] = field(default_factory=list)
    delimiter: str = ""
    quote: str = ""


def records(lines: Iterator[Line], table: FileTable, heading: Heading, longest: int) -> Iterator[Record]:
    """Of CSV, NDJSON and logs. `heading` is filled in."""
    if table.format == "csv":
        yield from CsvRecords(lines, table, heading, longest)
        return
    read = _json_row(table) if table.format == "ndjson" else _log_row(table, heading)
    encoding = text_encoding(table.encoding)
    for line in lines:
        if line.problem:
            yield Record(line, line.end, line.is_ended, problem=line.problem)
            continue
        if line.number <= table.skip or not line.data.strip(_BLANK):
            yield Record(line, line.end, line.is_ended)
            continue
        try:
            row = read(line.data.decode(encoding).rstrip("\r\n").removeprefix("\ufeff"))
        except UnicodeDecodeError as e:
            yield Record(line, line.end, line.is_ended, problem=f"is not {encoding}: {e.reason}")
        except BadLine as e:
            yield Record(line, line.end, line.is_ended, problem=str(e))
        else:
            yield Record(line, line.end, line.is_ended, row)


def _json_row(table: FileTable) -> Callable[[str], dict[str, Any]]:
    decode = msgspec.json.decode
    known: dict[str, str] = {}

    def read(text: str) -> dict[str, Any]:
        try:
            found = decode(text)
        except msgspec.DecodeError as e:
            raise BadLine(f"is no JSON: {e}") from e
        if not isinstance(found, dict):
            raise BadLine(f"is JSON, and no object: {type(found).__name__}")
        row: dict[str, Any] = {}
        for name, value in found.items():
            column = known.get(name) or known.setdefault(name, plain_name(name) or "_")
            if column in row:
                raise BadLine(f"has two fields that would both be the column {column}")
            row[column] = value
        return _typed(row, table.columns)

    return read


def _log_row(table: FileTable, heading: Heading) -> Callable[[str], dict[str, Any] | None]:
    log = LOGS[table.format]

    def read(text: str) -> dict[str, Any] | None:
        names = log.names(text)
        if names is not None:
            heading.names = list(names)
            return None
        return log.row(text, heading.names)

    return read


def _typed(row: dict[str, Any], kinds: Mapping[str, ColumnType]) -> dict[str, Any]:
    """Raises BadLine for a value that is not of its column's type."""
    for name, kind in kinds.items():
        value = row.get(name)
        if value is None:
            continue
        if kind is ColumnType.JSON and isinstance(value, str):
            row[name] = _document(name, value)
        elif fitted(kind, value) is MISFIT:
            raise BadLine(f"{name} is no {kind.value}")
    return row


def _document(name: str, text: str) -> msgspec.Raw:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as e:
        raise BadLine(f"{name} is no json") from e
    return msgspec.Raw(text.encode())


class CsvRecords:
    """Rows of CSV. A record whose quote does not end costs its first line alone; the next is read."""

    def __init__(self, lines: Iterator[Line], table: FileTable, heading: Heading, longest: int) -> None:
        self._lines = lines
        self._table = table
        self._heading = heading
        self._longest = longest
        self._encoding = text_encoding(table.encoding)
        self._nulls = frozenset(table.nulls)
        self._taken: list[Line] = []
        self._taken_bytes = 0
        self._waiting: list[Line] = []
        csv.field_size_limit(max(csv.field_size_limit(), longest))

    def __iter__(self) -> Iterator[Record]:
        reader = None
        while True:
            self._taken, self._taken_bytes = [], 0
            first = self._peek()
            if first is None:
                return
            if first.problem:
                yield self._rejected(self._waiting.pop(), first.problem)
                continue
            if first.number <= self._table.skip:
                yield Record(first, self._waiting.pop().end, first.is_ended)
                continue
            if reader is None:
                reader = self._reader(first)
            try:
                fields = next(reader, None)
                if fields is None:
                    return
                yield self._record(fields)
            except (csv.Error, BadLine) as e:
                reader = None
                line, *rest = self._taken
                self._waiting += reversed(rest)
                is_sure = self._taken[-1].is_ended and not self._may_end_later(e)
                yield Record(line, line.end, is_sure, problem=str(e))
                if isinstance(e, BadFile):
                    return

    def _may_end_later(self, e: Exception) -> bool:
        """Whether the quote that does not end is the file's last, which may be growing."""
        return isinstance(e, csv.Error) and str(e) == _NO_END

    def _peek(self) -> Line | None:
        if not self._waiting:
            line = next(self._lines, None)
            if line is None:
                return None
            self._waiting.append(line)
        return self._waiting[-1]

    def _reader(self, first: Line) -> Any:
        heading, table = self._heading, self._table
        if not heading.delimiter:
            heading.delimiter, heading.quote = table.delimiter, table.quote
            if table.detect:
                self._detect(first)
        return csv.reader(
            self._texts(),
            delimiter=heading.delimiter,
            quotechar=heading.quote or None,
            quoting=csv.QUOTE_MINIMAL if heading.quote else csv.QUOTE_NONE,
            doublequote=not table.escape,
            escapechar=table.escape or None,
            strict=True,
        )

    def _detect(self, first: Line) -> None:
        try:
            found = csv.Sniffer().sniff(first.data.decode(self._encoding), ",;\t|")
        except (csv.Error, UnicodeDecodeError):
            return  # one column, or none of these: as the settings say
        self._heading.delimiter, self._heading.quote = found.delimiter, found.quotechar or self._table.quote

    def _texts(self) -> Iterator[str]:
        """Lines as the reader takes them, one at least for each record."""
        while True:
            line = self._peek()
            if line is None:
                return
            if line.problem:
                raise BadLine("a quote that does not end")
            self._waiting.pop()
            self._taken.append(line)
            self._taken_bytes += len(line.data)
            if self._taken_bytes > self._longest:
                raise BadLine("a quote that does not end")
            try:
                yield line.data.decode(self._encoding).removeprefix("\ufeff" if line.number == 1 else "")
            except UnicodeDecodeError as e:
                raise BadLine(f"is not {self._encoding}: {e.reason}") from e

    def _record(self, fields: Sequence[str]) -> Record:
        """Raises BadLine."""
        if not fields:
            return self._made(None)
        if not self._heading.names:
            names = fields if self._table.header and not self._table.names else self._table.names
            names = names or [f"column_{number}" for number in range(1, len(fields) + 1)]
            self._heading.names = self._named(names)
            if self._table.header:
                return self._made(None)
        names = self._heading.names
        if len(fields) != len(names):
            raise BadLine(f"{len(fields)} fields where there are {len(names)} columns")
        nulls = self._nulls
        row: dict[str, Any] = {
            name: None if text in nulls else text for name, text in zip(names, fields, strict=True)
        }
        return self._made(_typed(row, self._table.columns))

    def _made(self, row: Mapping[str, Any] | None) -> Record:
        first, last = self._taken[0], self._taken[-1]
        return Record(first, last.end, last.is_ended, row, line_count=last.number - first.number + 1)

    def _named(self, names: Sequence[str]) -> list[str]:
        """Columns without a name are called by their place. Raises BadFile for two of one name."""
        numbered = [name.strip() or f"column_{number}" for number, name in enumerate(names, start=1)]
        if len(set(numbered)) < len(numbered):
            raise BadFile("the header names a column twice")
        try:
            return list(plain_names(numbered).values())
        except ValueError as e:
            raise BadFile(f"of the header, {e}") from e

    @staticmethod
    def _rejected(line: Line, problem: str) -> Record:
        return Record(line, line.end, line.is_ended, problem=problem)
