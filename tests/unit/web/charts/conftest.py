"""Answers to draw, written shortly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from mainstem.query.result import Cell, ColumnKind, OutputColumn, OutputType, QueryResult

Answer: TypeAlias = Callable[[str, Sequence[Sequence[Cell]]], QueryResult]


@pytest.fixture
def answer() -> Answer:
    """`answer("Day:date, Plan^, =Seats, =Revenue $#,##0", rows)`: `=` before a measure, which its format may
    follow, `^` behind a pivoted dimension, `:` before a dimension's type."""
    return lambda columns, rows: QueryResult(
        columns=tuple(_column(text) for text in columns.split(", ")),
        rows=[tuple(row) for row in rows],
        sql="",
        seconds=0,
    )


def _column(text: str) -> OutputColumn:
    is_measure = text.startswith("=")
    name, _, value_format = text.lstrip("=").partition(" ")
    name, _, kind = name.partition(":")
    label = name.rstrip("^").replace("_", " ")
    return OutputColumn(
        name=f"v.{name.rstrip('^').lower()}",
        label=label,
        field_label=label,
        kind=ColumnKind.MEASURE if is_measure else ColumnKind.DIMENSION,
        type=OutputType(kind or ("number" if is_measure else "string")),
        pivoted=name.endswith("^"),
        timeframe="date" if kind == "date" else None,
        value_format=value_format or None,
    )
