"""dbt's models → the text of LookML files. Pure: who calls writes them.

A column tested to be unique is the primary key; a relationships test becomes a join, one_to_one where the
column is unique on this side too. Numbers that are no key get a sum. What dbt describes stays described.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.operate.scaffold.kinds import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.artifacts import DbtModel, DbtProject

_KEY = re.compile(r"(^|_)(id|key|uuid|guid|sort|code|number|zip|year|month|day)$")
_WHEN = re.compile(r"_(at|on|date|ts|timestamp|time|day)$")
_TIMEFRAMES = {
    Kind.DATE: "[raw, date, week, month, quarter, year]",
    Kind.TIME: "[raw, time, hour, date, week, month, quarter, year]",
}


def scaffold(
    project: DbtProject,
    chosen: Iterable[str],
    types: Mapping[str, Mapping[str, str]],
    *,
    model: str,
    connection: str,
) -> dict[str, str]:
    """File → text: `<model>.model.lkml` and `views/<name>.view.lkml` for each chosen dbt model.

    `types`: by dbt model, column → type in the warehouse; columns that stand only here are taken as well.
    """
    names = sorted(chosen)
    files = {f"{model}.model.lkml": _model(project, names, connection)}
    for name in names:
        files[f"views/{name}.view.lkml"] = _view(project.models[name], types.get(name, {}))
    return files


def _model(project: DbtProject, names: list[str], connection: str) -> str:
    explores = "\n".join(_explore(project, name, names) for name in names)
    return f'connection: "{connection}"\ninclude: "/views/*.view.lkml"\n\n{explores}'


def _explore(project: DbtProject, name: str, names: list[str]) -> str:
    model = project.models[name]
    lines = [f"explore: {name} {{"]
    if model.description:
        lines.append(f"  description: {_quoted(model.description)}")
    taken = {name}
    for test in model.tests:
        if test.kind != "relationships" or test.to not in names or not test.column or not test.field:
            continue
        alias = test.to if test.to not in taken else re.sub(r"_(id|key)$", "", test.column)
        if alias in taken:
            continue
        taken.add(alias)
        relationship = "one_to_one" if model.is_unique(test.column) else "many_to_one"
        lines += [
            f"  join: {alias} {{",
            *([f"    from: {test.to}"] if alias != test.to else []),
            f"    relationship: {relationship}",
            f"    sql_on: ${{{name}.{test.column}}} = ${{{alias}.{test.field}}} ;;",
            "  }",
        ]
    return "\n".join([*lines, "}", ""])


def _view(model: DbtModel, types: Mapping[str, str]) -> str:
    names = list(dict.fromkeys([*model.columns, *types]))
    blocks = [block for name in names for block in _fields(model, name, types.get(name))]
    blocks.append("  measure: count {\n    type: count\n  }")
    head = [f"view: {model.name} {{", f"  sql_table_name: {model.schema}.{model.table} ;;", ""]
    return "\n".join(head) + "\n" + "\n\n".join(blocks) + "\n}\n"


def _fields(model: DbtModel, name: str, data_type: str | None) -> Iterator[str]:
    column = model.columns.get(name)
    kind = kind_of(data_type or (column.data_type if column else None))
    described = [f"    description: {_quoted(column.description)}"] if column and column.description else []
    if kind in _TIMEFRAMES:
        yield _group(name, kind, described)
        return
    is_key = name == model.primary_key
    is_foreign = any(test.kind == "relationships" and test.column == name for test in model.tests)
    yield _block(
        f"dimension: {name}",
        [
            *(["    primary_key: yes"] if is_key else []),
            *(["    hidden: yes"] if is_foreign and not is_key else []),
            f"    type: {kind}",
            f"    sql: ${{TABLE}}.{name} ;;",
            *described,
        ],
    )
    if kind is Kind.NUMBER and not is_key and not is_foreign and not _KEY.search(name):
        yield _block(f"measure: total_{name}", ["    type: sum", f"    sql: ${{{name}}} ;;"])


def _group(name: str, kind: Kind, described: list[str]) -> str:
    return _block(
        f"dimension_group: {_WHEN.sub('', name) or name}",
        [
            "    type: time",
            f"    timeframes: {_TIMEFRAMES[kind]}",
            *(["    datatype: date", "    convert_tz: no"] if kind is Kind.DATE else []),
            f"    sql: ${{TABLE}}.{name} ;;",
            *described,
        ],
    )


def _block(head: str, lines: list[str]) -> str:
    return "\n".join([f"  {head} {{", *lines, "  }"])


def _quoted(text: str) -> str:
    plain = " ".join(text.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
