"""What names in Liquid stand for: `view.field._is_filtered`, `_filters['view.field']`, `_user_attributes`.

Names are looked up when a text asks for them; one that means nothing is empty, as in Looker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.query.context import Context
    from mainstem.query.liquid.inputs import Inputs
    from mainstem.query.plan import Resolved
    from mainstem.semantics.model import View, ViewField


class Names(Mapping[str, object]):
    """The names a text of the view under `alias` may use; `alias` is None in an explore's own texts."""

    def __init__(
        self, resolved: Resolved, inputs: Inputs, context: Context, dialect_name: str, alias: str | None
    ) -> None:
        self._resolved = resolved
        self._inputs = inputs
        self._own = alias
        model, explore = resolved.model, resolved.explore
        self._fixed: dict[str, object] = {
            "_user_attributes": context.liquid_attributes,
            "_filters": inputs.expressions,
            "_explore": {"_name": explore.name, "_label": explore.label},
            "_model": {"_name": model.name if model else "", "_label": model.label if model else ""},
            "_query": {"_query_timezone": resolved.timezone or context.database_timezone},
            "_dialect": {"_name": dialect_name},
        }
        if alias is not None:
            view = own_view(resolved, alias)
            self._fixed["_view"] = {"_name": alias, "_label": view.label}

    def __getitem__(self, name: str) -> object:
        if name in self._fixed:
            return self._fixed[name]
        resolved = self._resolved
        own = own_view(resolved, self._own) if self._own is not None else None
        if name in resolved.views:
            return _View(self._inputs, name, resolved.views[name], self._own_field(own, name))
        if own is not None and self._own is not None and name == own.name:
            return _View(self._inputs, self._own, own, self._own_field(own, name))
        found = self._own_field(own, name)
        if found is None:
            raise KeyError(name)
        return found

    def _own_field(self, own: View | None, name: str) -> _Field | None:
        if own is None or self._own is None or not is_field(own, name):
            return None
        return _Field(self._inputs, self._own, own, name)

    def __iter__(self) -> Iterator[str]:
        yield from self._fixed
        yield from self._resolved.views

    def __len__(self) -> int:
        return sum(1 for _ in self)


def own_view(resolved: Resolved, alias: str) -> View:
    """A derived table may read one of a view that the explore does not join: it has its own name then."""
    return resolved.views.get(alias) or resolved.model_views[alias]


def is_field(view: View, name: str) -> bool:
    """Also the name of a dimension group, which stands for its timeframes."""
    return view.any_field(name) is not None or any(
        dimension.dimension_group == name for dimension in view.dimensions.values()
    )


class _View(Mapping[str, object]):
    def __init__(self, inputs: Inputs, alias: str, view: View, namesake: _Field | None) -> None:
        self._inputs = inputs
        self._alias = alias
        self._view = view
        self._namesake = namesake
        """A field of the text's own view with the view's name."""

    def __getitem__(self, name: str) -> object:
        if name == "_name":
            return self._alias
        if name == "_label":
            return self._view.label
        if is_field(self._view, name):
            return _Field(self._inputs, self._alias, self._view, name)
        if self._namesake is not None:
            return self._namesake[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._view.dimensions, *self._view.measures])

    def __len__(self) -> int:
        return len(self._view.dimensions) + len(self._view.measures)


_MEMBERS = ("_in_query", "_is_filtered", "_is_selected", "_label", "_name", "_parameter_value", "_sql")


class _Field(Mapping[str, object]):
    def __init__(self, inputs: Inputs, alias: str, view: View, name: str) -> None:
        self._inputs = inputs
        self._alias = alias
        self._view = view
        self._name = name
        self._names = [f"{alias}.{one}" for one in _meant(view, name)]

    def __getitem__(self, name: str) -> object:
        inputs = self._inputs
        match name:
            case "_is_selected":
                return any(one in inputs.selected for one in self._names)
            case "_is_filtered":
                return any(one in inputs.expressions for one in self._names)
            case "_in_query":
                return any(one in inputs.selected or one in inputs.expressions for one in self._names)
            case "_parameter_value":
                return inputs.parameter(self._names[0])
            case "_sql":
                return f"${{{self._names[0]}}}"
            case "_name":
                return f"{self._alias}.{self._name}"
            case "_label":
                field: ViewField | None = self._view.any_field(self._name)
                return field.label if field else ""
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_MEMBERS)

    def __len__(self) -> int:
        return len(_MEMBERS)

    def __str__(self) -> str:
        """A bare name in SQL is the field's own."""
        return f"${{{self._names[0]}}}"


def _meant(view: View, name: str) -> tuple[str, ...]:
    if view.any_field(name) is not None:
        return (name,)
    return tuple(d.name for d in view.dimensions.values() if d.dimension_group == name) or (name,)
