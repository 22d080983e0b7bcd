"""A project of 250 LookML files: read, read again, read after one file changed; its queries written and run.

CPU seconds of one process to read the project with everything wrong in it: with nothing kept from before,
with the cache of parsed files that the web server keeps, and with that cache after one file changed. The
limit is `lkml`, which parses the files and does no more. Then microseconds from a request to its SQL, over
every explore with 20 random sets of its fields; the limit is sqlglot parsing the SQL that came out. Then
seconds that DuckDB takes for the SQL of two questions about orders and their items: a plain sum, and sums on
both sides of the join, where the rows of orders are repeated and must count once. The limit is the SQL
somebody who knows the data writes by hand; for the second, the note says what a wrong sum takes, which counts
orders as often as they have items. Lower is better.

The project is the one in the folder that MAINSTEM_LOOKML names, else one that is made.
"""

from __future__ import annotations

import random
import time
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import lkml
import sqlglot

from benchmarks.figure import Figure, Outcome, Round, percentile
from benchmarks.lookml_project import project_in
from benchmarks.rounds import interleaved
from mainstem.errors import QueryError
from mainstem.query import Request, compile_request
from mainstem.semantics import read_project
from mainstem.semantics.fields import fields_of
from mainstem.semantics.model import Dimension, Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.effort import Effort
    from mainstem.semantics import Project

NOW = datetime(2026, 1, 15, 12)  # noqa: DTZ001 # the compiler takes naive UTC
_MOST_FIELDS = 6
_PARSED = 200
"""Queries that sqlglot parses in a round; it takes milliseconds for each."""

ORDERS = """
view: orders {
  sql_table_name: orders ;;
  dimension: id { primary_key: yes type: number sql: ${TABLE}.id ;; }
  measure: freight { type: sum sql: ${TABLE}.freight ;; }
}
view: items {
  sql_table_name: items ;;
  dimension: id { primary_key: yes type: number sql: ${TABLE}.id ;; }
  dimension: order_id { type: number sql: ${TABLE}.order_id ;; }
  dimension: category { sql: ${TABLE}.category ;; }
  measure: revenue { type: sum sql: ${TABLE}.price ;; }
}
explore: items {}
explore: orders {
  join: items { sql_on: ${orders.id} = ${items.order_id} ;; relationship: one_to_many }
}
"""
_TABLES = """
CREATE TABLE items AS
    SELECT n AS id, hash(n) % ({rows} // 5) AS order_id, 'category ' || hash(n + 1) % 20 AS category,
        (hash(n + 2) % 10000) / 100 AS price
    FROM range({rows}) AS numbers(n);
CREATE TABLE orders AS
    SELECT n AS id, (hash(n) % 1000) / 100 AS freight FROM range({rows} // 5) AS numbers(n);
"""
_PLAIN = "SELECT category, SUM(price) FROM items GROUP BY 1 ORDER BY 1 LIMIT 500"
_ONCE = """
WITH each_order AS (
    SELECT i.category, o.id, MAX(o.freight) AS freight, SUM(i.price) AS price
    FROM orders o LEFT JOIN items i ON i.order_id = o.id GROUP BY 1, 2
)
SELECT category, SUM(freight), SUM(price) FROM each_order GROUP BY 1 ORDER BY 1 LIMIT 500
"""
_WRONG = """
SELECT i.category, SUM(o.freight), SUM(i.price)
FROM orders o LEFT JOIN items i ON i.order_id = o.id GROUP BY 1 ORDER BY 1 LIMIT 500
"""


def measure(effort: Effort, scratch: Path) -> Outcome:
    folder = project_in(scratch)
    figures = (*_reading(effort, folder, scratch), *_compiling(effort, folder), *_running(effort, scratch))
    return Outcome(benchmark="lookml", figures=figures)


def _reading(effort: Effort, folder: Path, scratch: Path) -> tuple[Figure, ...]:
    cache = scratch / "nodes.cache"
    texts = [path.read_text(errors="replace") for path in sorted(folder.rglob("*.lkml"))]
    changed = sorted(folder.rglob("*.view.lkml"))[0]
    read_project(folder, cache)
    fresh: list[float] = []
    warm: list[float] = []
    after: list[float] = []
    limit: list[float] = []
    for number in range(effort.rounds):
        fresh.append(_cpu(partial(read_project, folder)))
        warm.append(_cpu(partial(read_project, folder, cache)))
        changed.write_text(f"{changed.read_text()}\n# {number}\n")
        after.append(_cpu(partial(read_project, folder, cache)))
        limit.append(_cpu(partial(_parsed_alone, texts)))
    note = f"{len(texts)} files, {sum(map(len, texts)) / 1e6:.1f} MB"
    named = (
        ("read a project, nothing kept", fresh),
        ("read it again", warm),
        ("read it after one file changed", after),
    )
    return tuple(
        _figure(name, "CPU-s", "lkml parsing the files", list(zip(ours, limit, strict=True)), note)
        for name, ours in named
    )


def _parsed_alone(texts: Sequence[str]) -> None:
    """Files that `lkml` cannot parse cost it what it takes to find out."""
    for text in texts:
        try:
            lkml.parse(text)
        except (SyntaxError, ValueError, KeyError):
            continue


def _compiling(effort: Effort, folder: Path) -> list[Figure]:
    project = read_project(folder).project
    requests = _requests(project, effort.field_sets)
    sql = [compile_request(project, one, "snowflake", NOW).sql for one in requests]
    sample = random.Random(2).sample(sql, min(_PARSED, len(sql)))  # noqa: S311 # the same in every run
    pairs = interleaved(
        effort.rounds,
        lambda: [_micro(partial(compile_request, project, one, "snowflake", NOW)) for one in requests],
        lambda: [_micro(partial(_understood, text)) for text in sample],
    )
    explores = len({(one.model, one.explore) for one in requests})
    return [
        _figure(
            f"write a query of it, p{share * 100:.0f}",
            "µs",
            "sqlglot parsing the SQL",
            [(percentile(ours, share), percentile(limit, share)) for ours, limit in pairs],
            f"{len(requests)} queries over {explores} explores",
        )
        for share in (0.50, 0.99)
    ]


def _requests(project: Project, sets: int) -> list[Request]:
    """Random sets of fields; those that the project has no right SQL for are left out."""
    chance = random.Random(1)  # noqa: S311 # the same requests in every run
    found: list[Request] = []
    for model in project.models.values():
        for explore in model.explores.values():
            names = [
                name
                for name, field in fields_of(model, explore).items()
                if isinstance(field, Dimension | Measure)
            ]
            for _ in range(sets if names else 0):
                chosen = chance.sample(names, min(len(names), chance.randint(1, _MOST_FIELDS)))
                request = Request(model=model.name, explore=explore.name, fields=tuple(chosen))
                try:
                    compile_request(project, request, "snowflake", NOW)
                except QueryError:
                    continue
                found.append(request)
    return found


def _understood(sql: str) -> None:
    try:
        sqlglot.parse_one(sql, dialect="snowflake")
    except sqlglot.errors.SqlglotError:
        return


def _running(effort: Effort, scratch: Path) -> list[Figure]:
    folder = scratch / "orders"
    folder.mkdir()
    (folder / "orders.model.lkml").write_text(ORDERS)
    project = read_project(folder).project

    def ours(explore: str, *fields: str) -> str:
        request = Request(model="orders", explore=explore, fields=fields, sorts=("items.category",))
        return compile_request(project, request, "duckdb", NOW).sql

    plain = ours("items", "items.category", "items.revenue")
    repeated = ours("orders", "items.category", "orders.freight", "items.revenue")
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")
        connection.execute(_TABLES.format(rows=effort.fact_rows))

        def seconds(sql: str) -> float:
            began = time.perf_counter()
            connection.execute(sql).fetchall()
            return time.perf_counter() - began

        for sql in (plain, repeated):
            seconds(sql)
        pairs = interleaved(effort.rounds, lambda: seconds(plain), lambda: seconds(_PLAIN))
        careful = interleaved(effort.rounds, lambda: seconds(repeated), lambda: seconds(_ONCE))
        wrong = sorted(seconds(_WRONG) for _ in range(effort.rounds))[effort.rounds // 2]
    rows = f"{effort.fact_rows:,} items, a thread"
    return [
        _figure("run a plain sum", "s", "SQL by hand", pairs, rows),
        _figure(
            "run sums on both sides of a join",
            "s",
            "SQL by hand",
            careful,
            f"{rows}; the sum that counts orders once an item, {wrong:.3f} s, is wrong",
        ),
    ]


def _figure(name: str, unit: str, limit: str, pairs: Sequence[tuple[float, float]], note: str) -> Figure:
    return Figure(
        benchmark="lookml",
        name=name,
        unit=unit,
        limit=limit,
        better="lower",
        rounds=tuple(Round(ours, against) for ours, against in pairs),
        notes=(note,),
    )


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _micro(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e6
