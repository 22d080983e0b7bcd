"""Small semantic models built by hand, for tests of what reads them; no LookML is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics import Project
from mainstem.semantics.model import (
    DerivedTable,
    Dimension,
    DimensionType,
    Explore,
    FieldFilter,
    Join,
    JoinType,
    Measure,
    MeasureType,
    Model,
    Origin,
    Relationship,
    Timeframe,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.semantics.model import ViewField

ORIGIN = Origin("m.model.lkml", 1)


def dimension(name: str, kind: str = "string", sql: str | None = None, **more: Any) -> Dimension:
    """`sql` is the column of that name unless it says otherwise."""
    written = f"${{TABLE}}.{name}" if sql is None else sql
    return Dimension(name=name, type=DimensionType(kind), sql=written, label=name, origin=ORIGIN, **more)


def timeframes(group: str, column: str, *wanted: Timeframe, **more: Any) -> tuple[Dimension, ...]:
    """A dimension group of type time; every timeframe when none is named."""
    return tuple(
        dimension(f"{group}_{timeframe}", "date", column, timeframe=timeframe, dimension_group=group, **more)
        for timeframe in wanted or Timeframe
    )


def measure(name: str, kind: str = "count", sql: str | None = None, **more: Any) -> Measure:
    """`filters` is a mapping of fields to expressions."""
    filters = tuple(FieldFilter(field, text, ORIGIN) for field, text in more.pop("filters", {}).items())
    return Measure(
        name=name, type=MeasureType(kind), sql=sql, label=name, origin=ORIGIN, filters=filters, **more
    )


def view(name: str, *fields: ViewField, sql: str | None = None, **more: Any) -> View:
    """Of a table of that name, or of the query `sql`."""
    by_kind: dict[str, dict[str, Any]] = {"Dimension": {}, "Measure": {}, "FilterField": {}, "Parameter": {}}
    for field in fields:
        by_kind[type(field).__name__][field.name] = field
    return View(
        name=name,
        label=name,
        origin=ORIGIN,
        derived_table=DerivedTable(origin=ORIGIN, sql=sql) if sql else None,
        dimensions=by_kind["Dimension"],
        measures=by_kind["Measure"],
        filters=by_kind["FilterField"],
        parameters=by_kind["Parameter"],
        **more,
    )


def join(name: str, sql_on: str | None = None, **more: Any) -> Join:
    """Many to one and left outer, of the view of that name."""
    given = {"view": name, "type": JoinType.LEFT_OUTER, "relationship": Relationship.MANY_TO_ONE, **more}
    return Join(name=name, origin=ORIGIN, sql_on=sql_on, **given)


def explore(name: str, *joins: Join, **more: Any) -> Explore:
    given = {"alias": name, "view": name, "label": name, **more}
    return Explore(name=name, origin=ORIGIN, joins={each.name: each for each in joins}, **given)


def project(views: Iterable[View], *explores: Explore, **more: Any) -> Project:
    """A project of one model, `m`; a view without an explore of its own gets one."""
    by_name = {each.name: each for each in views}
    offered = {name: explore(name) for name in by_name} | {each.name: each for each in explores}
    model = Model(name="m", label="m", connection="c", origin=ORIGIN, views=by_name, explores=offered, **more)
    return Project(models={"m": model})
