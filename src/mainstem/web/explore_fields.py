"""The fields of an explore as people see them: by the explore's aliases, under its headings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from mainstem.semantics.labels import heading_of
from mainstem.semantics.model import Dimension, FilterField, Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.query.explorer import Explorer
    from mainstem.semantics.model import Explore, Model, ViewField

_DATES = ("date", "date_time", "time")
_KINDS = ("dimension", "measure", "filter", "parameter")


@dataclass(frozen=True)
class ExploreField:
    name: str
    """`view.field`."""
    label: str
    view_label: str
    """The heading it stands under."""
    group_label: str | None
    """The group within it."""
    kind: str
    """dimension, measure, filter or parameter."""
    type: str
    description: str | None
    defined_at: str
    hidden: bool
    tags: tuple[str, ...]
    is_key: bool
    is_time: bool = False
    """A day, a month, a moment: what stands along time."""

    @property
    def anchor(self) -> str:
        """The id of its row on the explore's page."""
        return f"field-{self.name}"


def explore_path(model: str, explore: str) -> str:
    return f"/explores/{quote(model, safe='')}/{quote(explore, safe='')}"


def field_path(model: str, explore: str, field: str) -> str:
    return f"{explore_path(model, explore)}/fields/{quote(field, safe='')}"


def fields_of(
    explorer: Explorer, model: Model, explore: Explore, *, hidden: bool = False
) -> Iterator[ExploreField]:
    """Every field that whoever asks may see, in the order the explore offers them; those of joins that were
    hidden only with `hidden`. Raises QueryError for an explore they may not see."""
    for name, field in explorer.fields(model.name, explore.name).items():
        if hidden or not field.hidden:
            yield _shown(model, explore, name, field)


def by_heading(fields: Iterable[ExploreField]) -> list[tuple[str, list[ExploreField]]]:
    """Headings in the order of their first field; under each, fields by kind, groups together."""
    first: dict[str, int] = {}
    every = list(fields)
    for field in every:
        first.setdefault(field.view_label, len(first))
    groups: dict[tuple[str, str, str | None], int] = {}
    for field in every:
        groups.setdefault((field.view_label, field.kind, field.group_label), len(groups))
    every.sort(
        key=lambda f: (
            first[f.view_label],
            _KINDS.index(f.kind),
            groups[f.view_label, f.kind, f.group_label],
        )
    )
    return [(label, list(found)) for label, found in groupby(every, key=lambda f: f.view_label)]


def _shown(model: Model, explore: Explore, name: str, field: ViewField) -> ExploreField:
    alias = name.partition(".")[0]
    return ExploreField(
        name=name,
        label=field.label,
        view_label=field.view_label or heading_of(explore, alias, model.views[explore.views()[alias]]),
        group_label=field.group_label,
        kind=_kind(field),
        type=field.type.value,
        description=field.description,
        defined_at=str(field.origin),
        hidden=field.hidden,
        tags=field.tags,
        is_key=isinstance(field, Dimension) and field.primary_key,
        is_time=isinstance(field, Dimension) and (field.timeframe is not None or field.type.value in _DATES),
    )


def _kind(field: ViewField) -> str:
    if isinstance(field, Dimension):
        return "dimension"
    if isinstance(field, Measure):
        return "measure"
    return "filter" if isinstance(field, FilterField) else "parameter"
