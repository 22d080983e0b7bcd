"""The fields of an explore as people see them: named by the explore's aliases, hidden ones left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from mainstem.semantics.model import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.semantics.model import Explore, Model


@dataclass(frozen=True)
class ExploreField:
    name: str
    """`view.field`."""
    label: str
    view_label: str
    kind: str
    """dimension or measure."""
    type: str
    description: str | None
    defined_at: str

    @property
    def anchor(self) -> str:
        """The id of its row on the explore's page."""
        return f"field-{self.name}"


def explore_path(model: str, explore: str) -> str:
    return f"/explores/{quote(model, safe='')}/{quote(explore, safe='')}"


def fields_of(model: Model, explore: Explore) -> Iterator[ExploreField]:
    """Every field that may be asked for: views in the order they are joined, dimensions before measures."""
    for alias, name in explore.views().items():
        view = model.views.get(name)
        if view is None:
            continue
        label = _view_label(explore, alias) or view.label
        for field in view.fields:
            if not field.hidden:
                yield ExploreField(
                    name=f"{alias}.{field.name}",
                    label=field.label,
                    view_label=label,
                    kind="measure" if isinstance(field, Measure) else "dimension",
                    type=field.type.value,
                    description=field.description,
                    defined_at=str(field.origin),
                )


def _view_label(explore: Explore, alias: str) -> str | None:
    if alias == explore.alias:
        return explore.view_label
    return explore.joins[alias].view_label
