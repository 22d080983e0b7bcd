"""The tables a project reads, empty, in a DuckDB of their own: what its SQL can be explained on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

from mainstem.semantics.model import Measure

if TYPE_CHECKING:
    from mainstem.semantics import Project
    from mainstem.semantics.model import Dimension
    from tests.corpus.inference import Warehouse

_COLUMN = re.compile(r"\s*\$\{TABLE\}\.\"?(\w+)\"?\s*")
_SUMMED = ("sum", "average", "sum_distinct", "average_distinct", "median", "percentile", "max", "min")


class Database:
    def __init__(self, warehouse: Warehouse, project: Project) -> None:
        self._connection = duckdb.connect()
        types = _types(project)
        for table, columns in list(warehouse.columns.items()):
            *schemas, name = table.split(".")
            for one in schemas[-1:]:
                self._connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{one}"')
            place = ".".join(f'"{part}"' for part in (*schemas[-1:], name))
            listed = ", ".join(f'"{column}" {types.get(column, "VARCHAR")}' for column in columns)
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {place} ({listed})")

    def explain(self, sql: str) -> None:
        """Raises duckdb.Error."""
        self._connection.execute(f"EXPLAIN {sql}")


def _types(project: Project) -> dict[str, str]:
    """Column → type, by what fields say of the columns they are."""
    found: dict[str, str] = {}
    for model in project.models.values():
        for view in model.views.values():
            for one in view.fields:
                match = _COLUMN.fullmatch(one.sql or "")
                kind = _type(one) if match else None
                if match and kind:
                    found.setdefault(match[1].lower(), kind)
    return found


def _type(field: Dimension | Measure) -> str | None:
    name = field.type.value
    if isinstance(field, Measure):
        return "DOUBLE" if name in _SUMMED else None
    if field.timeframe is not None or name.startswith(("date", "time")):
        return "TIMESTAMP"
    return {"number": "DOUBLE", "yesno": "BOOLEAN", "tier": "DOUBLE"}.get(name)
