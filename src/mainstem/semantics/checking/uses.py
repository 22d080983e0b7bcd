"""Where each view is used: the explores of any model that read it, and under which alias."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.semantics.fields import views_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.semantics.model import Explore, Model, View


@dataclass(frozen=True)
class Use:
    model: Model
    explore: Explore
    alias: str
    views: dict[str, View]
    """Every view of that explore by alias."""


@dataclass
class Used:
    view: View
    models: list[Model] = field(default_factory=list)
    """Every model that has it, used or not."""
    uses: list[Use] = field(default_factory=list)


def uses_of(models: Iterable[Model]) -> list[Used]:
    """Every view of the project once, though models share it."""
    found: dict[int, Used] = {}
    for model in models:
        for view in model.views.values():
            found.setdefault(id(view), Used(view)).models.append(model)
        for explore in model.explores.values():
            views = views_of(model, explore)
            for alias, view in views.items():
                found[id(view)].uses.append(Use(model, explore, alias, views))
    return list(found.values())
