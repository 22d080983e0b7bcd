"""What an answer depended on at one moment; a question without what is worked out beside its numbers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from mainstem.query.changes.frontier import Version
from mainstem.query.compilation import compile_request
from mainstem.query.request import CustomDimension, CustomMeasure, Request
from mainstem.semantics.project import Project

if TYPE_CHECKING:
    from mainstem.query.changes.parts import Number
    from mainstem.query.context import Context
    from mainstem.query.result import Cell, Compiled

DIALECT = "duckdb"
MOST_GROUPS = 5000
"""Rows of an answer that are compared one by one; the number over all rows counts every one."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that an answer depended on at one moment, but for the tables."""

    project: Project
    request: Request
    asked_at: datetime
    """Naive UTC: the present that filters were counted from."""
    data_at: datetime
    """Aware: when the snapshot of the lake was made."""
    version: Version | None = None


def compiled(state: State, request: Request, asked_at: datetime, context: Context) -> Compiled:
    return compile_request(state.project, request, DIALECT, context_at(asked_at, context))


def context_at(asked_at: datetime, context: Context) -> Context:
    return msgspec.structs.replace(context, now=asked_at)


def counted(request: Request) -> Request:
    """The question without what is worked out beside its numbers: totals, calculations, order."""
    kept = tuple(one for one in request.dynamic_fields if isinstance(one, CustomDimension | CustomMeasure))
    dropped = {one.name for one in request.dynamic_fields} - {one.name for one in kept}
    return msgspec.structs.replace(
        request,
        fields=tuple(name for name in request.fields if name not in dropped),
        pivots=(),
        sorts=(),
        limit=MOST_GROUPS,
        totals=False,
        row_totals=False,
        subtotals=(),
        fill_fields=(),
        dynamic_fields=kept,
    )


def over_all(request: Request, dimensions: tuple[str, ...]) -> Request:
    """Its numbers over all rows."""
    return msgspec.structs.replace(
        request, fields=tuple(name for name in request.fields if name not in dimensions), limit=-1
    )


def number_in(cell: Cell) -> Number | None:
    return cell if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) else None
