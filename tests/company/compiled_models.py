"""Models as dbt compiles them, run again and again on other rows without dbt.

A run of dbt costs seconds and a test of random rows needs hundreds. It compiles once; every ref of a model is
run before it. Not for incremental models: their SQL depends on what is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mainstem.testing.company import CompanyLake


class CompiledModels:
    """`selection` and what stands in `rows` by `schema.table`, which must hold every column a model reads."""

    def __init__(
        self, lake: CompanyLake, selection: Sequence[str], variables: Mapping[str, Any] | None = None
    ) -> None:
        # Tests that look at a model outside the selection have nothing to look at.
        cautious = ("--indirect-selection", "cautious")
        built = lake.build("compile", "--select", *selection, *cautious, variables=variables)
        if built.failures:
            raise AssertionError(built.failures)
        self._file = lake.file
        self._models = _compiled(lake.folder / "target", "model")
        self._tests = _compiled(lake.folder / "target", "test")

    def sql(self) -> dict[str, str]:
        """What each model says, by its name."""
        return {name: model.sql for name, model in self._models.items()}

    def open(self) -> duckdb.DuckDBPyConnection:
        """The lake in memory: its raw tables are empty, and nothing is written back."""
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("ATTACH ':memory:' AS lake")
        connection.execute(f"ATTACH '{self._file}' AS disk (READ_ONLY)")
        raw = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'disk'"
        ).fetchall()
        for schema in sorted({schema for schema, _ in raw} | {"analytics"}):
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS lake."{schema}"')
        for schema, table in raw:
            if schema != "analytics":
                name = f'"{schema}"."{table}"'
                connection.execute(f"CREATE TABLE lake.{name} AS FROM disk.{name} LIMIT 0")
        connection.execute("USE lake")
        for name, model in self._models.items():
            if model.kind == "view" or not model.reads:
                what = "VIEW" if model.kind == "view" else "TABLE"
                connection.execute(f"CREATE {what} analytics.{name} AS {model.sql}")
        return connection

    def run(self, connection: duckdb.DuckDBPyConnection) -> None:
        for name, model in self._models.items():
            if model.kind != "view" and model.reads:
                connection.execute(f"CREATE OR REPLACE TABLE analytics.{name} AS {model.sql}")

    def failures(self, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """By singular test of the package: how many rows it finds. None means it holds."""
        found = {}
        for name, test in self._tests.items():
            number = len(connection.execute(test.sql).fetchall())
            if number:
                found[name] = number
        return found


@dataclass(frozen=True)
class _Model:
    kind: str
    """How it is materialized."""
    sql: str
    reads: bool
    """Whether it reads anything; what does not is the same for all rows."""


def _compiled(target: Path, kind: str) -> dict[str, _Model]:
    """By name, in an order in which they can be run."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    nodes = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == kind and node.get("compiled_code") and "test_metadata" not in node
    }
    sorter = TopologicalSorter({key: set(nodes) & set(nodes[key]["depends_on"]["nodes"]) for key in nodes})
    return {
        nodes[key]["name"]: _Model(
            nodes[key]["config"]["materialized"],
            nodes[key]["compiled_code"],
            bool(nodes[key]["depends_on"]["nodes"]),
        )
        for key in sorter.static_order()
    }
