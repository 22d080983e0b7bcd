"""The form of a question about cohorts: what a draft lacks, what a button makes of it, what can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from mainstem.semantics.model import Dimension
from mainstem.web.cohorts.address import PATH, DraftCondition
from mainstem.web.cohorts.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.cohorts import Source
    from mainstem.query.explorer import Explorer
    from mainstem.web.cohorts.address import Draft

_LEAST = {"funnel": 2, "retention": 2, "paths": 1}
"""Steps that a kind needs."""


def begun(draft: Draft, every: Sequence[Source]) -> Draft:
    """With a model, a unit and as many steps as its kind needs, where it has none."""
    models = list(dict.fromkeys(one.model for one in every))
    model = draft.get("model") or (models[0] if models else "")
    units = units_of(every, model)
    unit = draft.get("unit") or (units[0] if units else "")
    draft = draft.with_settings(model=model, unit=unit, kind=draft.kind)
    steps = list(draft.of("s"))
    fitting = [one for one in every if one.model == model and unit in one.units]
    while len(steps) < _LEAST[draft.kind]:
        steps.append(DraftCondition(fitting[0].explore if fitting else ""))
    return draft.with_part("s", steps)


def units_of(every: Sequence[Source], model: str) -> list[str]:
    return list(dict.fromkeys(unit for one in every if one.model == model for unit in one.units))


def is_ready(draft: Draft) -> bool:
    """Whether somebody has said what to ask; a form nobody touched asks nothing."""
    return all(not step.is_blank or _is_whole(step) for step in draft.of("s")) and any(
        not step.is_blank for step in draft.of("s")
    )


def _is_whole(step: DraftCondition) -> bool:
    return bool(step.explore) and bool(step.event)


def moved(draft: Draft, pressed: str) -> Draft:
    """Raises HTTPException 400 for a button there is not."""
    command, _, where = pressed.partition(":")
    part, number = where[:1], where[1:]
    conditions = list(draft.of(part))
    place = int(number) - 1 if number.isdigit() else -1
    last = conditions[-1].explore if conditions else (draft.of("s")[0].explore if draft.of("s") else "")
    match command:
        case "run":
            return draft
        case "add":
            conditions.append(DraftCondition(last))
        case "drop" if 0 <= place < len(conditions):
            del conditions[place]
        case "up" if 0 < place < len(conditions):
            conditions[place - 1], conditions[place] = conditions[place], conditions[place - 1]
        case "kind":
            return draft.with_settings(kind=where)
        case _:
            raise HTTPException(400, f"There is no button {pressed!r}.")
    return draft.with_part(part, conditions)


def form_of(draft: Draft, every: Sequence[Source], explorer: Explorer) -> dict[str, Any]:
    model, unit = draft.get("model"), draft.get("unit")
    fitting = [one for one in every if one.model == model and unit in one.units]
    fields = {one.explore: _filterable(explorer, one) for one in fitting}
    return {
        "draft": draft,
        "units": units_of(every, model),
        "models": list(dict.fromkeys(one.model for one in every)),
        "sources": {one.explore: one for one in fitting},
        "fields": fields,
        "plural": plural,
        "path": PATH,
        "kinds": [
            (kind, label, draft.with_settings(kind=kind).address)
            for kind, label in (("funnel", "Funnel"), ("retention", "Retention"), ("paths", "Paths"))
        ],
    }


def _filterable(explorer: Explorer, source: Source) -> list[tuple[str, str]]:
    """(name, label) of what its rows can be filtered and split by."""
    return [
        (name, f"{field.label}" if not field.view_label else f"{field.view_label}: {field.label}")
        for name, field in explorer.fields(source.model, source.explore).items()
        if isinstance(field, Dimension) and not field.hidden and field.can_filter
    ]
