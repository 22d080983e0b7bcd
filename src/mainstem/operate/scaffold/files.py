"""dbt's models → the text of LookML files. Pure: who calls writes them.

A column tested to be unique is the primary key; a relationships test becomes a join, one_to_one where the
column is unique on this side too. Numbers that are no key get a sum. What dbt describes stays described.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.operate.scaffold.kinds import Kind, kind_of
from mainstem.operate.scaffold.names import TIMEFRAMES, Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.artifacts import DbtModel, DbtProject

_KEY = re.compile(r"(^|_)(id|key|uuid|guid|sort|code|number|zip|year|month|day)$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)


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
    views = {name: _View(project.models[name], types.get(name, {})) for name in names}
    files = {f"{model}.model.lkml": _model(project, views, connection)}
    for name, view in views.items():
        files[f"views/{name}.view.lkml"] = view.text()
    return files


def _model(project: DbtProject, views: Mapping[str, _View], connection: str) -> str:
    explores = "\n".join(_explore(project, name, views) for name in views)
    return f'connection: "{connection}"\ninclude: "/views/*.view.lkml"\n\n{explores}'


def _explore(project: DbtProject, name: str, views: Mapping[str, _View]) -> str:
    model = project.models[name]
    lines = [f"explore: {name} {{"]
    if model.description:
        lines.append(f"  description: {_quoted(model.description)}")
    taken = {name}
    for test in model.tests:
        if test.kind != "relationships" or not (test.to and test.column and test.field):
            continue
        if test.to not in views:
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
            f"    sql_on: {views[name].reference(name, test.column)} = "
            f"{views[test.to].reference(alias, test.field)} ;;",
            "  }",
        ]
    return "\n".join([*lines, "}", ""])


class _View:
    def __init__(self, model: DbtModel, types: Mapping[str, str]) -> None:
        self.model = model
        self._kinds = {
            name: kind_of(
                types.get(name) or (model.columns[name].data_type if name in model.columns else None)
            )
            for name in dict.fromkeys([*model.columns, *types])
        }
        self._names = Names(self._kinds)

    def reference(self, alias: str, column: str) -> str:
        """A column as a join reads it."""
        name = self._names.of_column.get(column, column)
        return f"${{{alias}.{name}{'_raw' if self._kinds.get(column) in TIMEFRAMES else ''}}}"

    def text(self) -> str:
        blocks = [block for name, kind in self._kinds.items() for block in self._fields(name, kind)]
        blocks.append(_block(f"measure: {self._names.free('count')}", ["    type: count"]))
        head = [f"view: {self.model.name} {{", f"  sql_table_name: {self.model.schema}.{self.model.table} ;;"]
        return "\n".join([*head, "", ""]) + "\n\n".join(blocks) + "\n}\n"

    def _fields(self, column: str, kind: Kind) -> Iterator[str]:
        model, name = self.model, self._names.of_column[column]
        about = model.columns.get(column)
        described = [f"    description: {_quoted(about.description)}"] if about and about.description else []
        sql = f"    sql: ${{TABLE}}.{column if _WORD.fullmatch(column) else _in_sql(column)} ;;"
        if kind in TIMEFRAMES:
            yield _group(name, kind, [sql, *described])
            return
        is_key = column == model.primary_key
        is_foreign = any(test.kind == "relationships" and test.column == column for test in model.tests)
        yield _block(
            f"dimension: {name}",
            [
                *(["    primary_key: yes"] if is_key else []),
                *(["    hidden: yes"] if is_foreign and not is_key else []),
                f"    type: {kind}",
                sql,
                *described,
            ],
        )
        if kind is Kind.NUMBER and not is_key and not is_foreign and not _KEY.search(column):
            total = self._names.free(f"total_{name}")
            yield _block(f"measure: {total}", ["    type: sum", f"    sql: ${{{name}}} ;;"])


def _group(name: str, kind: Kind, lines: list[str]) -> str:
    return _block(
        f"dimension_group: {name}",
        [
            "    type: time",
            f"    timeframes: [{', '.join(TIMEFRAMES[kind])}]",
            *(["    datatype: date", "    convert_tz: no"] if kind is Kind.DATE else []),
            *lines,
        ],
    )


def _block(head: str, lines: list[str]) -> str:
    return "\n".join([f"  {head} {{", *lines, "  }"])


def _quoted(text: str) -> str:
    plain = " ".join(text.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _in_sql(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
