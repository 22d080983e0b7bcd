"""`${…}` in the fields of views: whether each means a field, and one that can stand there.

A reference to another view means something only in an explore that joins it. A name that means nothing in
any is an error; a view that some or all explores of the field do not join is a warning, once for the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.checking.expressions import check_expression
from mainstem.semantics.fields import why_missing
from mainstem.semantics.model import EXPRESSIONS, OVER_ROWS, Dimension, Measure, MeasureType
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.references import Field, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.checking.uses import Used
    from mainstem.semantics.model import Origin, View, ViewField
    from mainstem.semantics.problems import Problems

_MAY_READ_MEASURES = EXPRESSIONS | OVER_ROWS | {MeasureType.LIST}


def check_references(used: Used, problems: Problems) -> None:
    view = used.view
    for field in view.fields:
        for reference in fields_in(*_texts(field)):
            found = _found(used, field, reference, field.origin, problems)
            if found is not None:
                _check_kind(field, reference, found, problems)
        for condition in field.filters if isinstance(field, Measure) else ():
            owner, _, name = condition.field.rpartition(".")
            found = _found(used, field, Field(owner or None, name), condition.origin, problems)
            if isinstance(found, Measure):
                message = f"{condition.field} is a measure; filters take dimensions"
                problems.error(condition.origin, message)
            elif found is not None:
                check_expression(found, condition.field, condition.expression, condition.origin, problems)
    for given in view.filters.values():
        for reference in fields_in(given.sql):
            _found(used, given, reference, given.origin, problems)


def fields_in(*texts: str | None) -> Iterator[Field]:
    for text in texts:
        if text and text.count("${") != text.count("${TABLE}"):
            yield from (part for part in parts(text) if isinstance(part, Field))


def _texts(field: Dimension | Measure) -> Iterator[str | None]:
    yield field.sql
    if isinstance(field, Measure):
        yield field.sql_distinct_key
        return
    if field.sql_start or field.sql_latitude:
        yield from (field.sql_start, field.sql_end, field.sql_latitude, field.sql_longitude)
    for when in field.case:
        yield when.sql


def _found(
    used: Used, field: ViewField, reference: Field, origin: Origin, problems: Problems
) -> ViewField | None:
    view = used.view
    if reference.view in (None, view.name):
        return _existing(view, reference, origin, problems)
    found: ViewField | None = None
    lacking: dict[str, None] = {}
    other: View | None = None
    for use in used.uses:
        joined = view if reference.view == use.alias else use.views.get(reference.view or "")
        other = other or joined
        found_here = joined.any_field(reference.name) if joined else None
        found = found or found_here
        if found_here is None:
            lacking[use.explore.name] = None
    if found is None:
        _report_unknown(used, other, reference, origin, problems)
    elif lacking:
        explores = "explores" if len(lacking) > 1 else "explore"
        message = f"{view.name}.{field.name} needs view {reference.view}, which {explores}"
        verb = "do" if len(lacking) > 1 else "does"
        problems.warning(origin, f"{message} {_listed(lacking)} {verb} not join")
    return found


def _report_unknown(
    used: Used, other: View | None, reference: Field, origin: Origin, problems: Problems
) -> None:
    """An unused view may stand beside any other of its models, so there only what no model has is wrong."""
    name = reference.view or ""
    if other is None:
        other = next((model.views[name] for model in used.models if name in model.views), None)
        if other is not None and used.uses:
            explores = dict.fromkeys(use.explore.name for use in used.uses)
            message = f"${{{reference}}} needs view {name}, which no explore of view {used.view.name} joins"
            problems.warning(origin, f"{message}: {_listed(explores)}")
            return
    if other is not None:
        _existing(other, reference, origin, problems)
        return
    hint = did_you_mean(name, {view for model in used.models for view in model.views})
    message = f"unknown view {name} in ${{{reference}}}{hint}"
    if used.uses:
        problems.error(origin, message)
    elif not any(name in explore.views() for model in used.models for explore in model.explores.values()):
        problems.warning(origin, f"{message}; no explore reads view {used.view.name}")


def _existing(view: View, reference: Field, origin: Origin, problems: Problems) -> ViewField | None:
    found = view.any_field(reference.name)
    if found is None:
        reason = why_missing(view, reference.view or view.name, reference.name)
        problems.error(origin, f"unknown field ${{{reference}}}{reason}")
    return found


def _check_kind(field: Dimension | Measure, reference: Field, found: ViewField, problems: Problems) -> None:
    if not isinstance(found, Measure):
        return
    if isinstance(field, Dimension):
        message = f"dimension {field.name} refers to the measure {reference}; dimensions come before measures"
        problems.error(field.origin, message)
    elif found.type in OVER_ROWS:
        message = (
            f"measure {field.name} reads the {found.type} {reference}, which is worked out over the rows of"
        )
        problems.error(field.origin, f"{message} an answer: no SQL can read it, a table calculation can")
    elif field.type not in _MAY_READ_MEASURES:
        message = (
            f"measure {field.name} aggregates the measure {reference}; only type: number may refer to one"
        )
        problems.error(field.origin, message)


def _listed(names: dict[str, None]) -> str:
    shown = list(names)[:6]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
