"""Whatever joins repeat or lose, every measure is what counting by hand gives.

Small worlds of up to five joined views with random keys, types and data; each query is compared with rows
joined in Python, where each row of a view counts once in each group it belongs to.
"""

from __future__ import annotations

import itertools
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.query import Request, compile_request
from mainstem.semantics import load_project
from mainstem.warehouse.postgres import PostgresReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.query import Compiled

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
LETTERS = st.sampled_from(["a", "b", "c", None])
MEASURES = (
    "count", "total", "mean", "middle", "upper", "most", "least", "kinds", "letters", "marked", "ratio",
    "by_letter", "mean_by_letter", "middle_by_letter", "upper_by_letter", "mean_by_key",
)  # fmt: skip
RANK = "CASE ${letter} WHEN 'a' THEN 1 WHEN 'b' THEN 5 WHEN 'c' THEN NULL ELSE 100 END"
"""What a letter is worth; where there is none, nothing counts by letter."""
RANKS = {"a": 1, "b": 5}
Row = dict[str, Any]
Joined = dict[str, Row | None]


@dataclass
class Link:
    """A join: of table `table` under `alias`, to the alias `to`."""

    alias: str
    table: int
    to: str
    type: str
    relationship: str

    @property
    def columns(self) -> tuple[str, str]:
        """Of the alias joined to, and of the table joined."""
        return {
            "many_to_one": ("link", "id"), "one_to_one": ("id", "id"),
            "one_to_many": ("id", "link"), "many_to_many": ("link", "link"),
        }[self.relationship]  # fmt: skip


@dataclass
class World:
    tables: list[list[Row]]
    keyed: list[bool]
    links: list[Link] = field(default_factory=list)

    def lookml(self) -> str:
        views = "\n".join(self._view(number) for number in range(len(self.tables)))
        joins = "\n".join(self._join(link) for link in self.links)
        return f"{views}\nexplore: base {{ from: t0\n{joins} }}\n"

    def _view(self, number: int) -> str:
        key = "primary_key: yes" if self.keyed[number] else ""
        return f"""
        view: t{number} {{
          sql_table_name: t{number} ;;
          dimension: id {{ type: number {key} }}
          dimension: link {{ type: number }}
          dimension: letter {{}}
          dimension: x {{ type: number }}
          measure: count {{ type: count }}
          measure: total {{ type: sum sql: ${{x}} ;; }}
          measure: mean {{ type: average sql: ${{x}} ;; }}
          measure: middle {{ type: median sql: ${{x}} ;; }}
          measure: upper {{ type: percentile percentile: 80 sql: ${{x}} ;; }}
          measure: most {{ type: max sql: ${{x}} ;; }}
          measure: least {{ type: min sql: ${{x}} ;; }}
          measure: kinds {{ type: count_distinct sql: ${{letter}} ;; }}
          measure: letters {{ type: list list_field: letter }}
          measure: marked {{ type: sum sql: COALESCE(${{x}}, 1) ;; filters: [letter: "a"] }}
          measure: ratio {{ type: number sql: ${{total}} / NULLIF(${{count}}, 0) ;; }}
          measure: by_letter {{ type: sum_distinct sql_distinct_key: ${{letter}} ;;
            sql: LENGTH(${{letter}}) ;; }}
          measure: mean_by_letter {{ type: average_distinct sql_distinct_key: ${{letter}} ;;
            sql: {RANK} ;; }}
          measure: middle_by_letter {{ type: median_distinct sql_distinct_key: ${{letter}} ;;
            sql: {RANK} ;; }}
          measure: upper_by_letter {{ type: percentile_distinct percentile: 80
            sql_distinct_key: ${{letter}} ;; sql: {RANK} ;; }}
          measure: mean_by_key {{ type: average_distinct sql: COALESCE(${{x}}, 1) ;; }}
        }}"""

    def _join(self, link: Link) -> str:
        there, here = link.columns
        return f"""join: {link.alias} {{ from: t{link.table} type: {link.type}
          relationship: {link.relationship}
          sql_on: ${{{link.to}.{there}}} = ${{{link.alias}.{here}}} ;; }}"""

    def rows(self, aliases: set[str]) -> list[Joined]:
        """Rows as joins make them, for the views that are read and those between them and the base."""
        needed = self._needed(aliases)
        rows: list[Joined] = [{"base": row} for row in self.tables[0]]
        for link in self.links:
            if link.alias in needed:
                rows = list(self._joined(rows, link))
        return rows

    def _needed(self, aliases: set[str]) -> set[str]:
        parents = {link.alias: link.to for link in self.links}
        found: set[str] = set()
        for alias in aliases:
            at: str | None = alias
            while at is not None:
                found.add(at)
                at = parents.get(at)
        return found

    def _joined(self, rows: list[Joined], link: Link) -> Iterator[Joined]:
        there, here = link.columns
        met: set[int] = set()
        for row in rows:
            left = row.get(link.to)
            matches = [
                right
                for right in self.tables[link.table]
                if left is not None and left[there] is not None and left[there] == right[here]
            ]
            met |= {right["id"] for right in matches}
            for right in matches:
                yield {**row, link.alias: right}
            if not matches and link.type in ("left_outer", "full_outer"):
                yield {**row, link.alias: None}
        if link.type == "full_outer":
            for right in self.tables[link.table]:
                if right["id"] not in met:
                    yield {**dict.fromkeys(rows[0] if rows else {"base": None}), link.alias: right}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(1, 3))
    tables = []
    for _ in range(count):
        size = draw(st.integers(0, 5))
        ids = draw(st.permutations(range(6)))[:size]
        tables.append(
            [
                {
                    "id": number,
                    "link": draw(st.one_of(st.none(), st.integers(0, 5))),
                    "letter": draw(LETTERS),
                    "x": draw(st.one_of(st.none(), st.integers(-3, 9).map(lambda n: Decimal(n) / 4))),
                }
                for number in ids
            ]
        )
    world = World(tables, [draw(st.booleans()) for _ in range(count)])
    aliases = ["base"]
    types = ["left_outer"] * 3 + ["inner", "full_outer"]
    for number in range(draw(st.integers(0, 4))):
        kinds = ["many_to_one", "one_to_many", "many_to_many", "one_to_one"]
        world.links.append(
            Link(
                alias=f"j{number}",
                table=draw(st.integers(0, count - 1)),
                to=draw(st.sampled_from(aliases)),
                type=draw(st.sampled_from(types)),
                relationship=draw(st.sampled_from(kinds)),
            )
        )
        aliases.append(f"j{number}")
    return world


@st.composite
def questions(draw: st.DrawFn, world: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
    aliases = ["base", *(link.alias for link in world.links)]
    some = st.sampled_from(aliases)
    dimensions = draw(st.lists(st.tuples(some, st.sampled_from(["letter", "link"])), max_size=2, unique=True))
    measures = draw(st.lists(st.tuples(some, st.sampled_from(MEASURES)), min_size=1, max_size=4, unique=True))
    return tuple(".".join(d) for d in dimensions), tuple(".".join(m) for m in measures)


def by_hand(
    world: World, dimensions: tuple[str, ...], measures: tuple[str, ...]
) -> dict[Any, tuple[Any, ...]]:
    rows = world.rows({name.split(".")[0] for name in (*dimensions, *measures)})
    groups: dict[tuple[Any, ...], list[Joined]] = defaultdict(list)
    for row in rows:
        groups[tuple(_cell(row, name) for name in dimensions)].append(row)
    if not dimensions:
        groups.setdefault((), [])
    return {key: tuple(_measured(group, name) for name in measures) for key, group in groups.items()}


def _cell(row: Joined, name: str) -> Any:
    alias, column = name.split(".")
    found = row.get(alias)
    return None if found is None else found[column]


def _measured(group: list[Joined], name: str) -> Any:
    alias, measure = name.split(".")
    own = {row["id"]: row for joined in group if (row := joined.get(alias)) is not None}.values()
    values = [row["x"] for row in own if row["x"] is not None]
    letters = {row["letter"] for row in own if row["letter"] is not None}
    ranks = [RANKS[letter] for letter in letters if letter in RANKS]
    total = sum(values) if values else None
    match measure:
        case "count":
            return len(own)
        case "total":
            return total
        case "mean":
            return sum(values) / len(values) if values else None
        case "middle":
            return median(values) if values else None
        case "upper":
            return percentile(values, 80)
        case "most":
            return max(values, default=None)
        case "least":
            return min(values, default=None)
        case "kinds":
            return len(letters)
        case "letters":
            return ", ".join(sorted(letters)) or None
        case "marked":
            marked = [1 if row["x"] is None else row["x"] for row in own if row["letter"] == "a"]
            return sum(marked) if marked else None
        case "ratio":
            return None if total is None else total / len(own)
        case "by_letter":
            return len(letters) or None
        case "mean_by_letter":
            return sum(ranks) / len(ranks) if ranks else None
        case "middle_by_letter":
            return median(ranks) if ranks else None
        case "upper_by_letter":
            return percentile(ranks, 80)
        case "mean_by_key":
            kept = [1 if row["x"] is None else row["x"] for row in own]
            return sum(kept) / len(kept) if kept else None
        case _:
            raise AssertionError(f"{measure} is not counted by hand")


def percentile(values: Sequence[Any], percent: int) -> Any:
    """Between two values, as far along as it falls between their places."""
    if not values:
        return None
    ordered = sorted(map(float, values))
    whole, part = divmod(percent * (len(ordered) - 1), 100)
    above = ordered[min(whole + 1, len(ordered) - 1)]
    return ordered[whole] + (above - ordered[whole]) * part / 100


def near(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else round(float(value), 6)


def load_duckdb(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    for number, rows in enumerate(world.tables):
        connection.execute(
            f"CREATE OR REPLACE TABLE t{number} (id INTEGER, link INTEGER, letter VARCHAR, x DECIMAL(9,2))"
        )
        if rows:
            connection.executemany(
                f"INSERT INTO t{number} VALUES (?, ?, ?, ?)", [list(row.values()) for row in rows]
            )


def compiled(tmp_path: Path, world: World, request: Request, dialect: str) -> Compiled:
    (tmp_path / "m.model.lkml").write_text(world.lookml())
    return compile_request(load_project(tmp_path), request, dialect, NOW)


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


EXAMPLES = int(os.environ.get("MAINSTEM_EXAMPLES", "150"))
CHECKS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def check(
    world: World, data: st.DataObject, run: Callable[[str], list[tuple[Any, ...]]], compile_: Any
) -> None:
    dimensions, measures = data.draw(questions(world))
    request = Request(model="m", explore="base", fields=(*dimensions, *measures), limit=-1)
    sql = compile_(request).sql
    found = {row[: len(dimensions)]: tuple(map(near, row[len(dimensions) :])) for row in run(sql)}
    expected = {key: tuple(map(near, values)) for key, values in by_hand(world, dimensions, measures).items()}
    assert found == expected, sql


@CHECKS
@given(world=worlds(), data=st.data())
def test_measures_are_what_counting_by_hand_gives(
    world: World, data: st.DataObject, duck: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load_duckdb(duck, world)
    check(
        world,
        data,
        lambda sql: duck.execute(sql).fetchall(),
        lambda request: compiled(tmp_path, world, request, "duckdb"),
    )


@CHECKS
@given(world=worlds(), data=st.data())
def test_totals_are_what_counting_all_by_hand_gives(
    world: World, data: st.DataObject, duck: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    dimensions, measures = data.draw(questions(world))
    if not dimensions:
        return
    load_duckdb(duck, world)
    pivots = dimensions[1:]
    request = Request(
        model="m", explore="base", fields=(*dimensions, *measures), limit=-1,
        pivots=pivots, totals=True, row_totals=True,
    )  # fmt: skip
    answer = compiled(tmp_path, world, request, "duckdb")
    # The same views are joined, whatever is grouped by: an inner join leaves out rows of the total as well.
    rows = world.rows({name.split(".")[0] for name in (*dimensions, *measures)})
    for companion in answer.companions:
        names = [column.name for column in companion.columns if column.kind == "dimension"]
        groups: dict[tuple[Any, ...], list[Joined]] = defaultdict(list)
        for row in rows:
            groups[tuple(_cell(row, name) for name in names)].append(row)
        if not names:
            groups.setdefault((), [])
        expected = {
            key: tuple(near(_measured(group, name)) for name in measures) for key, group in groups.items()
        }
        found = {
            row[: len(names)]: tuple(map(near, row[len(names) :]))
            for row in duck.execute(companion.sql).fetchall()
        }
        assert found == expected, companion.sql


@pytest.fixture
def others(catalog: PostgresAddress) -> Iterator[tuple[psycopg.Connection, PostgresReader]]:
    """A Postgres as somebody else fills it, and as it is read."""
    reader = PostgresReader("others", catalog)
    with psycopg.connect(**catalog.libpq(), autocommit=True) as connection:
        for number in range(3):
            columns = "id INTEGER, link INTEGER, letter VARCHAR, x DECIMAL(9,2)"
            connection.execute(f"CREATE TABLE t{number} ({columns})".encode())
        yield connection, reader
    reader.close()


def load_postgres(connection: psycopg.Connection, world: World) -> None:
    for number, rows in enumerate(world.tables):
        connection.execute(f"TRUNCATE t{number}".encode())
        with connection.cursor() as cursor:
            insert = f"INSERT INTO t{number} VALUES (%s, %s, %s, %s)".encode()
            cursor.executemany(insert, [list(row.values()) for row in rows])


@pytest.mark.long
@settings(CHECKS, max_examples=max(EXAMPLES // 3, 1))
@given(world=worlds(), data=st.data())
def test_a_second_connection_to_postgres_gives_them_too(
    world: World,
    data: st.DataObject,
    others: tuple[psycopg.Connection, PostgresReader],
    tmp_path: Path,
) -> None:
    connection, reader = others
    load_postgres(connection, world)
    check(
        world,
        data,
        lambda sql: [tuple(row.values()) for row in reader.query(sql).to_pylist()],
        lambda request: compiled(tmp_path, world, request, reader.capabilities.dialect),
    )


def test_the_worlds_hold_every_kind_of_join() -> None:
    """The comparison is worth something only if these are drawn."""
    kinds = {(link.type, link.relationship) for world in _some_worlds() for link in world.links}
    assert kinds >= set(
        itertools.product(("left_outer", "inner", "full_outer"), ("one_to_many", "many_to_one"))
    )


def _some_worlds() -> list[World]:
    drawn: list[World] = []

    @settings(max_examples=300, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(worlds())
    def draw(world: World) -> None:
        drawn.append(world)

    draw()
    return drawn
