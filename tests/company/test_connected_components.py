"""The materialization `connected_components`, on graphs of which the components are known by other means."""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest
import sqlglot
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.company import DBT_PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

pytestmark = pytest.mark.long

Edge = tuple[str, str]


class Graph:
    """A dbt project of one model that solves the table `edges`, on a DuckDB file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "lake.duckdb"
        (folder / "models").mkdir()
        project = {
            "name": "company",
            "version": "1.0",
            "profile": "graph",
            "macro-paths": [str(DBT_PACKAGE / "macros")],
            "vars": {"identity_max_rounds": 64},
        }
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(project), encoding="utf-8")
        output = {"type": "duckdb", "path": str(self.file), "threads": 1}
        profile = {"graph": {"target": "lake", "outputs": {"lake": output}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
        model = "{{ config(materialized='connected_components') }} select node_a, node_b from main.edges"
        (folder / "models" / "solved.sql").write_text(model, encoding="utf-8")
        self.statements: list[str] = []
        self.messages: list[str] = []

    def build(self, edges: Iterable[Edge], *arguments: str, rounds: int = 64) -> bool:
        """Solve exactly these edges; whether dbt is content."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        rows = pa.Table.from_pylist(
            [{"node_a": one, "node_b": other} for one, other in edges],
            schema=pa.schema([("node_a", pa.string()), ("node_b", pa.string())]),
        )
        with duckdb.connect(str(self.file)) as connection:
            connection.register("given", rows)
            connection.execute("CREATE OR REPLACE TABLE edges AS FROM given")
        self.statements, self.messages = [], []
        command = [
            "--quiet",
            "--no-send-anonymous-usage-stats",
            "--log-level-file",
            "none",
            "run",
            *arguments,
        ]
        command += ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        command += ["--vars", json.dumps({"identity_max_rounds": rounds})]
        try:
            outcome = dbtRunner(callbacks=[self._hear]).invoke(command)
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call] # dbt's is bare
        return outcome.success

    def components(self) -> dict[str, str]:
        """The component of each node, as the table has it."""
        with duckdb.connect(str(self.file)) as connection:
            rows = connection.execute(
                "SELECT node_a, component FROM solved UNION SELECT node_b, component FROM solved"
            ).fetchall()
        assert len(rows) == len({node for node, _ in rows}), "a node lies in two components"
        return dict(rows)

    def _hear(self, message: object) -> None:
        name = message.info.name  # type: ignore[attr-defined] # dbt's messages are made by protobuf
        if name == "SQLQuery":
            self.statements.append(message.data.sql)  # type: ignore[attr-defined] # the same
        self.messages.append(message.info.msg)  # type: ignore[attr-defined] # the same


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return Graph(tmp_path_factory.mktemp("graph"))


def least_reachable(edges: Iterable[Edge]) -> dict[str, str]:
    """By walking: the least node of each node's component."""
    beside: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        beside[one].add(other)
        beside[other].add(one)
    found: dict[str, str] = {}
    for start in sorted(beside):
        waiting = [] if start in found else [start]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found[node] = start
                waiting += beside[node]
    return found


def _random_graph(name: int, draw: random.Random) -> list[Edge]:
    """Sparse to dense; some of its edges twice, either way round, or from a node to itself."""
    nodes = [f"{name:04d}.{node}" for node in range(draw.randint(1, 40))]
    edges = [(draw.choice(nodes), draw.choice(nodes)) for _ in range(draw.randint(1, 60))]
    return edges + [(other, one) for one, other in edges[:3]]


def _hard_graphs() -> list[Edge]:
    draw = random.Random(7)
    edges = [edge for name in range(200) for edge in _random_graph(name, draw)]
    order = list(range(8_000))
    draw.shuffle(order)
    edges += [(f"path{one:06d}", f"path{other:06d}") for one, other in itertools.pairwise(order)]
    edges += [(f"ordered{node:06d}", f"ordered{node + 1:06d}") for node in range(100_000)]
    edges += [("hub", f"spoke{node}") for node in range(2_000)]
    edges += [("alone", "alone")]
    return edges


def test_random_graphs_long_paths_hubs_and_single_nodes_are_solved_in_few_rounds(graph: Graph) -> None:
    edges = _hard_graphs()
    assert graph.build(edges, "--full-refresh")
    assert graph.components() == least_reachable(edges)
    hooks = [sql for sql in graph.statements if "both_ways" in sql]
    assert 1 <= len(hooks) <= 17, "each round at least halves the roots"


def test_every_statement_parses_as_snowflake(graph: Graph) -> None:
    assert graph.build([("a", "b"), ("b", "c")], "--full-refresh")
    assert graph.build([("a", "b"), ("d", "c")])
    asked = [
        sql for sql in graph.statements if "solved" in sql and "duckdb_" not in sql and "pragma" not in sql
    ]
    assert len(asked) > 20
    for sql in asked:
        sqlglot.parse_one(sql, read="snowflake")


def test_a_graph_that_is_not_solved_fails_and_leaves_what_was_published(graph: Graph) -> None:
    assert graph.build([("a", "b")], "--full-refresh")
    order = [3, 0, 4, 1, 5, 2, 6, 7]
    path = [(f"n{one}", f"n{other}") for one, other in itertools.pairwise(order)]
    assert not graph.build(path, rounds=1)
    assert any("not solved after 1 rounds" in message for message in graph.messages)
    assert graph.components() == {"a": "a", "b": "a"}
    assert graph.build(path)
    assert set(graph.components().values()) == {"n0"}


_NODES = [f"n{number}" for number in range(12)]
_GRAPHS = st.lists(
    st.sets(st.tuples(st.sampled_from(_NODES), st.sampled_from(_NODES)), max_size=14), min_size=2, max_size=3
)


@settings(max_examples=2, deadline=None)
@given(_GRAPHS)
def test_a_later_build_finds_what_a_full_refresh_finds(graph: Graph, steps: Sequence[set[Edge]]) -> None:
    """Whatever edges came and went between the two."""
    assert graph.build(steps[0], "--full-refresh")
    for edges in steps:
        assert graph.build(edges)
        assert graph.components() == least_reachable(edges)


def test_a_later_build_solves_only_what_changed(graph: Graph) -> None:
    held = [(f"a{number}", f"a{number + 1}") for number in range(50)] + [("x", "y"), ("p", "q")]
    assert graph.build(held, "--full-refresh")
    assert graph.build([*held, ("y", "z")])
    [numbered] = [sql for sql in graph.statements if "row_number" in sql]
    assert "scratch_solved_affected" in numbered
    assert graph.components() == least_reachable([*held, ("y", "z")])
