"""How much of somebody's LookML project compiles to SQL that holds together.

    python tests/corpus/report.py FOLDER… [--dialect D] [--random 200] [--markdown | --json]

Every explore is asked for each of its fields alone, and for random sets of them. SQL counts as right when
sqlglot can qualify it: every column belongs to a table that is there, every column of a derived table is one
that its query has. Tables of the warehouse are taken to have the columns that the project reads of them
(inference.py). What sqlglot cannot take counts as wrong; how much of that it refuses in the project's own
words too, without a word of ours around them, is shown beside it (fragments.py). For DuckDB the SQL is
explained as well, on empty tables made from that schema.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from mainstem.errors import MainstemError
from mainstem.query import Request, compile_request
from mainstem.semantics import read_project
from mainstem.semantics.fields import fields_of
from mainstem.semantics.model import Dimension, Measure

sys.path.insert(0, str(Path(__file__).parents[2]))  # a script may be run from anywhere

from tests.corpus.empty_tables import Database
from tests.corpus.fragments import is_own_table, refused_alone
from tests.corpus.judging import Judge, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.semantics import Project
    from mainstem.semantics.model import Explore, Model
    from tests.corpus.judging import Query

NOW = datetime(2024, 5, 17, 12)  # noqa: DTZ001 -- naive UTC by contract
SEED = 20240517
COUNTED = ("files", "views", "explores", "joins", "fields")
DIALECTS = ("bigquery", "duckdb", "postgres", "redshift", "snowflake")


@dataclass(frozen=True)
class Answer:
    asked: Request
    dialect: str
    query: Query
    single: bool
    """Whether it is a field asked for alone, and none of the random sets."""


@dataclass
class Report:
    project: str
    dialect: str
    files: int = 0
    files_with_errors: int = 0
    models: int = 0
    views: int = 0
    explores: int = 0
    joins: int = 0
    fields: int = 0
    """Explore × field."""
    compiled: int = 0
    right: int = 0
    own_sql: int = 0
    """Of the fields whose SQL sqlglot cannot take: those whose own words alone it refuses."""
    random_sets: int = 0
    random_right: int = 0
    explained: int = 0
    seconds_to_read: float = 0
    median_ms: float = 0
    slow_ms: float = 0
    """99th percentile."""
    refusals: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    problems: Counter[str] = field(default_factory=Counter)


def report_on(folder: Path, dialect: str | None, sets: int, most_fields: int | None) -> Report:
    began = time.process_time()
    reading = read_project(folder)
    found = Report(project=folder.name, dialect=dialect or "")
    found.seconds_to_read = time.process_time() - began
    project = reading.project
    found.files = len(project.files)
    found.files_with_errors = len({problem.where.file for problem in reading.errors})
    found.models = len(project.models)
    found.views = len({view.origin for model in project.models.values() for view in model.views.values()})
    found.problems = Counter(_shape(problem.message) for problem in (*reading.errors, *reading.warnings))
    spoken = dialects(folder, project, dialect)
    found.dialect = ", ".join(sorted(set(spoken.values())))
    _ask(project, found, spoken, sets, most_fields)
    return found


def dialects(folder: Path, project: Project, dialect: str | None) -> dict[str, str]:
    """Model → dialect; models of one connection share what their views' files sound like."""
    files: dict[str, set[str]] = defaultdict(set)
    for model in project.models.values():
        files[model.connection or ""].add(model.origin.file)
        files[model.connection or ""] |= {view.origin.file for view in model.views.values()}
    everything = "\n".join(path.read_text(errors="replace") for path in sorted(folder.rglob("*.lkml")))
    overall = guessed_dialect(folder.name, everything) or "duckdb"
    guessed = {
        connection: dialect
        or guessed_dialect(
            f"{connection} {folder.name}",
            "\n".join((folder / file).read_text(errors="replace") for file in sorted(of_it)),
        )
        or overall
        for connection, of_it in files.items()
    }
    return {model.name: guessed[model.connection or ""] for model in project.models.values()}


def guessed_dialect(named: str, text: str) -> str | None:
    """By what only one of them writes."""
    signs = {
        "bigquery": len(
            re.findall(r"`[\w-]+\.[\w$.{}@-]+`|\bSAFE_|TIMESTAMP_TRUNC|UNNEST\(|sql_table_name: *`", text)
        ),
        "snowflake": len(re.findall(r"\bIFF\(|::variant|\bFLATTEN\(|TO_NUMBER\(|\$\{TABLE\}\.\"[A-Z]", text)),
        "redshift": len(re.findall(r"\bGETDATE\(|\bNVL\(|json_extract_path_text|distkey|sortkeys", text)),
        "postgres": len(
            re.findall(r"::(?:int|text|numeric|date)\b|to_char\(|\bnow\(\)|\$\{TABLE\}\.\"[a-z]", text)
        )
        // 2,
    }
    for name in signs:
        signs[name] += 20 * (name in named.lower())
    best = max(signs, key=lambda name: signs[name])
    return best if signs[best] else None


def _ask(project: Project, found: Report, spoken: dict[str, str], sets: int, most_fields: int | None) -> None:
    chance = random.Random(SEED)
    times: list[float] = []
    answers: list[Answer] = []
    judges = {dialect: Judge(dialect) for dialect in sorted(set(spoken.values()))}
    asked = list(_explores(project))
    for model, explore in asked:
        found.explores += 1
        found.joins += len(explore.joins)
        names = _selectable(model, explore)
        if most_fields is not None and len(names) > most_fields:
            names = sorted(chance.sample(names, most_fields))
        for name in names:
            found.fields += 1
            request = Request(model=model.name, explore=explore.name, fields=(name,))
            answers += _answer(project, found, request, judges[spoken[model.name]], times, single=True)
    for _ in range(sets if asked else 0):
        model, explore = chance.choice(asked)
        names = _selectable(model, explore)
        chosen = tuple(chance.sample(names, min(len(names), chance.randint(2, 6))))
        found.random_sets += bool(chosen)
        if chosen:
            request = Request(model=model.name, explore=explore.name, fields=chosen)
            answers += _answer(project, found, request, judges[spoken[model.name]], times, single=False)
    for judge in judges.values():
        _judge(project, found, judge, [one for one in answers if one.dialect == judge.dialect])
    times.sort()
    found.median_ms = 1000 * times[len(times) // 2] if times else 0
    found.slow_ms = 1000 * times[int(len(times) * 0.99)] if times else 0


def _explores(project: Project) -> Iterator[tuple[Model, Explore]]:
    for model in project.models.values():
        for explore in model.explores.values():
            yield model, explore


def _selectable(model: Model, explore: Explore) -> list[str]:
    """With what was left out for a mistake: it counts as not compiled."""
    offered = fields_of(model, explore)
    names = {name for name, one in offered.items() if isinstance(one, Dimension | Measure)}
    views = ((alias, model.views.get(view)) for alias, view in explore.views().items())
    omitted = {f"{alias}.{name}" for alias, view in views if view for name in view.omitted}
    return sorted(names | omitted)


def _answer(
    project: Project, found: Report, request: Request, judge: Judge, times: list[float], single: bool
) -> Iterator[Answer]:
    """Nothing where it cannot be compiled or parsed."""
    began = time.perf_counter()
    try:
        sql = compile_request(project, request, judge.dialect, NOW).sql
    except MainstemError as e:
        _refuse(found, "compile", e, request)
        return
    times.append(time.perf_counter() - began)
    found.compiled += single
    explore = project.models[request.model].explores[request.explore]
    try:
        yield Answer(request, judge.dialect, judge.read(sql, explore.views()), single)
    except Refused as e:
        own = refused_alone(project, request, sql, judge.dialect)
        found.own_sql += own and single
        why = "the project's own SQL is refused" if own else "parse"
        _refuse(found, why, e, request, lambda: sql)


def _refuse(
    found: Report, stage: str, error: Exception, asked: Request, sql: Callable[[], str] = str
) -> None:
    """`sql` is called for the first error of its kind alone."""
    why = f"{stage}: {_shape(str(error))}"
    found.refusals[why] += 1
    if why not in found.examples:
        where = f"{asked.model}/{asked.explore}: {', '.join(asked.fields)}"
        found.examples[why] = f"{where}: {error}\n{sql()}"[:1500]


def _judge(project: Project, found: Report, judge: Judge, answers: list[Answer]) -> None:
    judge.settle()
    database = Database(judge.warehouse, project) if judge.dialect == "duckdb" else None
    for answer in answers:
        asked = answer.asked
        sql = partial(_sql, project, asked, judge.dialect)
        try:
            judge.check(answer.query)
        except Refused as e:
            own = e.table is not None and is_own_table(project.models[asked.model], e.table)
            found.own_sql += own and answer.single
            why = "the project's own SQL is refused" if own else "qualify"
            _refuse(found, why, e, asked, sql)
            continue
        found.right += answer.single
        found.random_right += not answer.single
        if database is not None:
            _explain(found, database, asked, sql())


def _sql(project: Project, asked: Request, dialect: str) -> str:
    """Once more: those of a large project would fill the memory."""
    return compile_request(project, asked, dialect, NOW).sql


def _explain(found: Report, database: Database, asked: Request, sql: str) -> None:
    try:
        database.explain(sql)
        found.explained += 1
    except duckdb.Error as e:
        _refuse(found, "explain", e, asked, lambda: sql)


def _shape(message: str) -> str:
    """A message without what is only its own."""
    line = message.strip().splitlines()[0] if message.strip() else message
    line = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", "…", line)
    line = re.sub(r"\b[\w$]+(?:\.[\w$*]+)+\b", "…", line)
    return re.sub(r"\b\w*_\w*\b|\d+", "…", line)[:90]


def markdown(reports: list[Report]) -> str:
    heads = ("project", "dialect", *COUNTED, "compile", "qualify", "own_sql", "random_sets")
    lines = [_row([head.replace("_", " ") for head in heads]), "|---|---" + "|--:" * (len(heads) - 2) + "|"]
    lines += [
        _row(
            [
                *(one.project.replace("+", "/"), one.dialect, *(getattr(one, name) for name in COUNTED)),
                *(_share(one.compiled, one.fields), _share(one.right, one.fields), one.own_sql),
                _share(one.random_right, one.random_sets),
            ]
        )
        for one in [*reports, _sum(reports)]
    ]
    return "\n".join(lines)


def _row(cells: list[Any]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _sum(reports: list[Report]) -> Report:
    total = Report(project="all", dialect="")
    for name in (*COUNTED, "compiled", "right", "own_sql", "random_sets", "random_right"):
        setattr(total, name, sum(getattr(one, name) for one in reports))
    return total


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"


def text(one: Report) -> str:
    lines = [
        f"{one.project} ({one.dialect}): {one.files} files ({one.files_with_errors} with errors), "
        f"{one.models} models, {one.views} views, {one.explores} explores, {one.joins} joins",
        f"  {one.fields} fields: {_share(one.compiled, one.fields)} compile, "
        f"{_share(one.right, one.fields)} qualify ({one.own_sql} refused in the project's own "
        f"words); random sets {_share(one.random_right, one.random_sets)}; "
        f"read in {one.seconds_to_read:.1f} CPU-s, compiled in {one.median_ms:.1f} ms "
        f"(99%: {one.slow_ms:.1f})",
    ]
    lines += [f"  {count:6} {why}" for why, count in one.refusals.most_common(12)]
    lines += [f"  {count:6} said: {what}" for what, count in one.problems.most_common(8)]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--dialect", choices=DIALECTS)
    parser.add_argument("--random", type=int, default=200, help="random field sets a project")
    parser.add_argument("--fields", type=int, help="fields an explore at most; all by default")
    parser.add_argument("--examples", action="store_true", help="show one example for each refusal")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--markdown", action="store_true")
    shown.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    reports: list[Report] = []
    for folder in given.folders:
        reports.append(report_on(folder, given.dialect, given.random, given.fields))
        if not (given.markdown or given.json):
            print(text(reports[-1]), flush=True)
            if given.examples:
                for why, example in reports[-1].examples.items():
                    print(f"--- {why}\n{example}\n")
    if given.markdown:
        print(markdown(reports))
    if given.json:
        print(json.dumps([vars(one) for one in reports], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
