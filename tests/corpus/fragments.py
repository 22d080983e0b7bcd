"""Whether sqlglot refuses a project's own words, without a word of ours around them.

A derived table's query is parsed as it was written; the SQL of each field a query reads, of its joins and its
explore, with a column in the place of each reference. What holds Liquid is never excused, nor what a query of
an explore becomes: that text is ours.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlglot
from sqlglot.errors import SqlglotError

from mainstem.semantics.references import Field, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.query import Request
    from mainstem.semantics import Project
    from mainstem.semantics.model import Model, View

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_TABLE_READ = re.compile(r"\b(from|join)\s+\$\{[^}]*\}", re.IGNORECASE)


def refused_alone(project: Project, asked: Request, sql: str, dialect: str) -> bool:
    model = project.models[asked.model]
    explore = model.explores[asked.explore]
    views = {alias: model.views[name] for alias, name in explore.views().items() if name in model.views}
    for view in model.views.values():
        text = view.derived_table.sql if view.derived_table else None
        if text and view.name in sql and _is_refused(text, dialect):
            return True
    joins = (text for join in explore.joins.values() for text in (join.sql_on, join.sql_where))
    texts = [*joins, explore.sql_always_where, *_texts(views, asked.fields)]
    return any(text and _is_refused(f"SELECT ({text}\n)", dialect) for text in texts)


def is_own_table(model: Model, name: str) -> bool:
    """Whether a derived table is one written in plain SQL."""
    bare = name.strip('"`').lower()
    view = next((view for known, view in model.views.items() if known.lower() == bare), None)
    text = view.derived_sql if view else None
    return text is not None and "{%" not in text and "{{" not in text


def _texts(views: dict[str, View], names: tuple[str, ...]) -> Iterator[str]:
    """The SQL of fields, and of those they refer to."""
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        alias, _, field_name = name.partition(".")
        field = views[alias].any_field(field_name) if alias in views else None
        text = getattr(field, "sql", None)
        if text:
            yield text
            waiting += [f"{one.view or alias}.{one.name}" for one in parts(text) if isinstance(one, Field)]


@lru_cache(maxsize=10_000)
def _is_refused(text: str, dialect: str) -> bool:
    if "{%" in text or "{{" in text:
        return False
    text = _TABLE_READ.sub(r"\1 x", text)
    try:
        sqlglot.parse_one(_REFERENCE.sub("x", text).rstrip().rstrip(";"), dialect=dialect)
    except SqlglotError:
        return True
    return False
