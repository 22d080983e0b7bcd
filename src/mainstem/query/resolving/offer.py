"""Which fields an explore offers, and to whom.

A field the explore leaves out (`fields:`) or the asker may not see (`required_access_grants`) is unknown,
and no error names it or says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from mainstem.errors import QueryError
from mainstem.query.plan import FieldUse
from mainstem.semantics.fields import UnknownField, fields_of, find_field
from mainstem.semantics.model import FilterField, Parameter

if TYPE_CHECKING:
    from mainstem.query.grants import Grants
    from mainstem.semantics.model import Explore, Model, Origin, View, ViewField

_Field = TypeVar("_Field", bound="ViewField")


class Offer:
    def __init__(self, model: Model, explore: Explore, views: dict[str, View], grants: Grants) -> None:
        self.explore = explore
        self.views = views
        self._grants = grants
        lists = [explore.fields, *(join.fields for join in explore.joins.values())]
        chooses = any(names is not None for names in lists)
        self._chosen = frozenset(fields_of(model, explore)) if chooses else None

    def field(self, name: str) -> tuple[str, ViewField]:
        """`(alias, field)` of a `view.field`. Raises QueryError that says what is near it among what the
        asker may see."""
        alias, _, field_name = name.partition(".")
        view = self.views.get(alias)
        field = view.any_field(field_name) if view else None
        if field is not None and self._sees_view(alias) and self._sees(alias, field):
            return alias, field
        try:
            find_field(self._visible_views(), name)
        except UnknownField as e:
            raise QueryError(f"explore {self.explore.name}: {e}") from e
        raise QueryError(f"explore {self.explore.name}: unknown field {name}")

    def seen(self, model: Model) -> dict[str, ViewField]:
        """All that the asker may see, by `view.field`, in the order the explore offers it."""
        return {
            name: field
            for name, field in fields_of(model, self.explore).items()
            if self._sees_view(name.partition(".")[0]) and self._grants.held(field.required_access_grants)
        }

    def use(self, name: str) -> FieldUse:
        """Of a field that can be selected."""
        alias, field = self.field(name)
        if isinstance(field, FilterField | Parameter):
            kind = "filter-only field" if isinstance(field, FilterField) else "parameter"
            raise QueryError(
                f"explore {self.explore.name}: {name} is a {kind}; it is filtered by, never selected"
            )
        return FieldUse(alias, field)

    def of_model(self, name: str, origin: Origin) -> tuple[str, ViewField]:
        """A field that LookML itself filters by, seen or not; `field` alone is one of the base view."""
        alias, field = self._found(name)
        if field is None:
            raise QueryError(f"{origin}: unknown field {name} in explore {self.explore.name}")
        return alias, field

    def has(self, name: str) -> bool:
        return self._found(name)[1] is not None

    def _found(self, name: str) -> tuple[str, ViewField | None]:
        alias, _, field_name = (name if "." in name else f"{self.explore.alias}.{name}").partition(".")
        view = self.views.get(alias)
        return alias, view.any_field(field_name) if view else None

    def _sees_view(self, alias: str) -> bool:
        join = self.explore.joins.get(alias)
        return self._grants.held(self.views[alias].required_access_grants) and (
            join is None or self._grants.held(join.required_access_grants)
        )

    def _sees(self, alias: str, field: ViewField) -> bool:
        chosen = self._chosen is None or f"{alias}.{field.name}" in self._chosen
        return chosen and self._grants.held(field.required_access_grants)

    def _visible_views(self) -> dict[str, View]:
        """For errors alone: what is hidden from the asker is not among what is near."""
        return {
            alias: msgspec.structs.replace(
                view,
                dimensions=self._kept(alias, view.dimensions),
                measures=self._kept(alias, view.measures),
                filters=self._kept(alias, view.filters),
                parameters=self._kept(alias, view.parameters),
            )
            for alias, view in self.views.items()
            if self._sees_view(alias)
        }

    def _kept(self, alias: str, fields: dict[str, _Field]) -> dict[str, _Field]:
        return {name: field for name, field in fields.items() if self._sees(alias, field)}
