"""Names in a view beside SQL: sets, drill fields, fields that point at others, named formats, grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import Dimension
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.references import TableName, parts
from mainstem.semantics.value_format import NAMED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.checking.uses import Used
    from mainstem.semantics.model import Origin, View, ViewField
    from mainstem.semantics.problems import Problems


def check_view(used: Used, problems: Problems) -> None:
    view = used.view
    _check_table(used, problems)
    _check_grants(used, view.required_access_grants, view.origin, problems)
    for name, members in view.sets.items():
        _check_list(used, members, f"set {name} of view {view.name}", view.origin, problems)
    _check_list(used, view.drill_fields, f"drill_fields of view {view.name}", view.origin, problems)
    for field in (*view.fields, *view.inputs):
        _check_field(used, field, problems)


def _check_field(used: Used, field: ViewField, problems: Problems) -> None:
    name = f"{used.view.name}.{field.name}"
    if field.drill_fields:
        _check_list(used, field.drill_fields, f"drill_fields of {name}", field.origin, problems)
    if field.required_fields:
        _check_list(used, field.required_fields, f"required_fields of {name}", field.origin, problems)
    if field.required_access_grants:
        _check_grants(used, field.required_access_grants, field.origin, problems)
    if field.value_format_name is not None:
        _check_format(used, field, field.value_format_name, problems)
    for key, pointed in _pointed(field):
        _check_list(used, (pointed,), f"{key} of {name}", field.origin, problems)


def _pointed(field: ViewField) -> Iterator[tuple[str, str]]:
    if field.label_from_parameter:
        yield "label_from_parameter", field.label_from_parameter
    if isinstance(field, Dimension):
        for key in ("order_by_field", "start_location_field", "end_location_field"):
            pointed = getattr(field, key)
            if pointed:
                yield key, pointed


def _check_list(used: Used, names: tuple[str, ...], what: str, origin: Origin, problems: Problems) -> None:
    """Names of this view must mean something; those of others, in one explore that has it."""
    for written in names:
        name = written.removeprefix("-").strip()
        owner, _, local = name.rpartition(".")
        candidates = [used.view] if owner in ("", used.view.name) else _others(used, owner)
        if not candidates:
            if used.uses:
                problems.warning(origin, f"{what} names {written}, but no explore joins a view {owner}")
        elif not any(_means(view, local) for view in candidates):
            known = [*candidates[0].dimensions, *candidates[0].measures, *candidates[0].sets]
            hint = did_you_mean(local.removesuffix("*"), known)
            kind = "set" if local.endswith("*") else "field"
            problems.warning(origin, f"{what} names unknown {kind} {written}{hint}")


def _others(used: Used, alias: str) -> list[View]:
    found = {id(view): view for use in used.uses if (view := use.views.get(alias))}
    found |= {id(view): view for model in used.models if (view := model.views.get(alias))}
    return list(found.values())


def _means(view: View, local: str) -> bool:
    if local.endswith("*"):
        return local == "ALL_FIELDS*" or local[:-1] in view.sets
    return (
        view.any_field(local) is not None
        or local in view.omitted
        or any(dimension.dimension_group == local for dimension in view.dimensions.values())
    )


def _check_grants(used: Used, grants: tuple[str, ...], origin: Origin, problems: Problems) -> None:
    for name in grants:
        if not any(name in model.access_grants for model in used.models):
            hint = did_you_mean(name, {grant for model in used.models for grant in model.access_grants})
            problems.error(origin, f"unknown access_grant {name}{hint}")


def _check_format(used: Used, field: ViewField, name: str, problems: Problems) -> None:
    if name in NAMED or any(name in model.named_value_formats for model in used.models):
        return
    known = [*NAMED, *(one for model in used.models for one in model.named_value_formats)]
    hint = did_you_mean(name, known)
    problems.warning(
        field.origin, f"unknown value_format_name {name}{hint}; valid are {', '.join(dict.fromkeys(known))}"
    )


def _check_table(used: Used, problems: Problems) -> None:
    view = used.view
    for sql in (view.sql_table_name, view.derived_sql):
        if not sql or "SQL_TABLE_NAME" not in sql:
            continue
        for part in parts(sql):
            if isinstance(part, TableName) and not any(part.view in model.views for model in used.models):
                hint = did_you_mean(part.view, {name for model in used.models for name in model.views})
                origin = view.derived_table.origin if view.derived_table else view.origin
                problems.error(origin, f"unknown view {part.view} in ${{{part.view}.SQL_TABLE_NAME}}{hint}")
