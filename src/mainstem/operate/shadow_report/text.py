"""The comparison as people read it: a line for each table, then what differs, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.operate.shadow_report.report import Report, Some, TableReport, ValueDifference

_LONGEST_VALUE = 60


def report_text(report: Report) -> str:
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"source {report.source_id}: our schema {report.ours} against {report.theirs}"
    if report.since is not None:
        yield f"received from {report.since} to {report.until}"
    yield f"not compared: {', '.join(report.ignored)}"
    yield ""
    yield from _table_lines(report)
    for table in report.tables:
        details = list(_details(table))
        if details:
            yield ""
            yield table.table
            yield from (f"  {line}" for line in details)
    yield ""
    yield _verdict(report)


def _table_lines(report: Report) -> Iterator[str]:
    rows = [("table", "ours", "theirs", "in both", "only ours", "only theirs", "differences")]
    rows += [
        (
            t.table,
            str(t.ours),
            str(t.theirs),
            str(t.both),
            str(t.only_ours.count),
            str(t.only_theirs.count),
            str(t.differences),
        )
        for t in report.tables
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        numbers = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *numbers])


def _details(table: TableReport) -> Iterator[str]:
    if table.note is not None:
        yield table.note
    yield from _rows_of_one_side("only ours", table.only_ours)
    yield from _rows_of_one_side("only theirs", table.only_theirs)
    for repeated, whose in ((table.repeated_ours, "ours"), (table.repeated_theirs, "theirs")):
        if repeated:
            yield f"{repeated} rows of {whose} repeat an id; one of each is compared"
    for columns, whose in ((table.columns_only_ours, "ours"), (table.columns_only_theirs, "theirs")):
        for column, count in columns.items():
            filled = f"{count} values" if count else "no value, so it does not count"
            yield f"column {column}: only {whose} ({filled})"
    for kind in table.types:
        yield f"column {kind.column}: {kind.ours} in ours, {kind.theirs} in theirs"
    for value in table.values:
        yield from _value_lines(value)


def _rows_of_one_side(what: str, some: Some) -> Iterator[str]:
    if some.count and some.ids:
        more = ", …" if some.count > len(some.ids) else ""
        yield f"{what}: {_count(some.count, 'row')}: {', '.join(map(_printable, some.ids))}{more}"


def _value_lines(value: ValueDifference) -> Iterator[str]:
    yield f"column {value.column}: {_count(value.count, 'row')} with another value"
    for example in value.examples:
        ours, theirs = _shown(example.ours), _shown(example.theirs)
        yield f"  {_printable(example.id)}: {ours} in ours, {theirs} in theirs"


def _verdict(report: Report) -> str:
    if report.is_same:
        rows = sum(table.both for table in report.tables)
        return f"The same: {_count(rows, 'row')} in {_count(len(report.tables), 'table')}."
    if not report.differences:
        return (
            "Nothing to compare: no row of either side falls into this time. The newest 15 minutes are left "
            "out unless --until or --edge says otherwise."
        )
    tables = sum(1 for table in report.tables if table.differences)
    return f"Not the same: {_count(report.differences, 'difference')} in {_count(tables, 'table')}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shown(value: str | None) -> str:
    if value is None:
        return "NULL"
    return _printable(value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…")


def _printable(text: str) -> str:
    """What senders wrote must not steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
