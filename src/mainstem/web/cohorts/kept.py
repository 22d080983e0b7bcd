"""What pages say of cohorts that are kept: whom they count, how many there were, where they are used."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mainstem.cohorts import sources
from mainstem.cohorts.keeping import definition_of, may_see_size, pick_of
from mainstem.filters.membership import parse_membership
from mainstem.query.cohorts import unit_of
from mainstem.semantics.model import Dimension
from mainstem.web.auth import Role
from mainstem.web.cohorts.address import draft_of
from mainstem.web.cohorts.answering import said
from mainstem.web.cohorts.view import size_drawing
from mainstem.web.cohorts.words import definition_text, pick_text, plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.cohorts.keeping import KeptCohort
    from mainstem.query.explorer import Explorer, Explorers
    from mainstem.web.auth import Viewer


def listed_of(cohort: KeptCohort, viewer: Viewer, explorers: Explorers) -> dict[str, Any]:
    sees = may_see_size(cohort, viewer.asking, explorers)
    return {"cohort": cohort, "size": cohort.size if sees else None, "sees": sees}


def told_of(cohort: KeptCohort, counts: Sequence[Any], explorer: Explorer, viewer: Viewer) -> dict[str, Any]:
    every = sources(explorer)
    definition = definition_of(cohort)
    words = said(definition, every, explorer)
    drawing = None
    if len(counts) > 1:
        points = [(f"{one.as_of.astimezone(UTC):%Y-%m-%d %H:%M}", one.size) for one in reversed(counts)]
        drawing = size_drawing(points, cohort.unit)
    return {
        "cohort": cohort,
        "counts": counts,
        "drawing": drawing,
        "definition_said": definition_text(definition, words),
        "pick_said": pick_text(definition, pick_of(cohort), words),
        "builder": draft_of(definition, every).address,
        "explores": _usable(cohort, explorer),
        "used": _used(cohort.name, explorer),
        "mine": cohort.owner == viewer.login or viewer.may(Role.ADMIN),
        "plural": plural,
    }


def _usable(cohort: KeptCohort, explorer: Explorer) -> list[tuple[str, str]]:
    """(label, address) of each explore that can be filtered by it."""
    found: list[tuple[str, str]] = []
    for model, explore in explorer.explores():
        if explore.hidden:
            continue
        key = next(
            (
                name
                for name, field in explorer.fields(model.name, explore.name).items()
                if isinstance(field, Dimension) and unit_of(field) == cohort.unit and not field.hidden
            ),
            None,
        )
        if key is not None:
            query = urlencode({"fields": key, f"f[{key}]": f"in cohort {cohort.name}"})
            found.append((explore.label, f"/explore/{model.name}/{explore.name}?{query}"))
    return found


def _used(name: str, explorer: Explorer) -> list[tuple[str, str]]:
    """(dashboard, address) of each whose filters or tiles name it."""

    def names(filters: Mapping[str, str]) -> bool:
        asked = (parse_membership(text) for text in filters.values() if text)
        return any(one is not None and name in one.names for one in asked)

    return [
        (dashboard.title, f"/dashboards/{dashboard.name}")
        for dashboard in explorer.project.dashboards.values()
        if any(names(element.filters) for element in dashboard.elements)
        or names({one.name: one.default_value for one in dashboard.filters})
    ]
