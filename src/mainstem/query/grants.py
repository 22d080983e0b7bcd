"""Which access grants an asker holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.query.context import Context
    from mainstem.semantics.model import Model


class Grants:
    """Which access grants the asker holds. One that nobody wrote is held by nobody."""

    def __init__(self, model: Model, context: Context) -> None:
        self._model = model
        self._context = context

    def held(self, names: Iterable[str]) -> bool:
        return self._context.sees_everything or all(map(self._holds, names))

    @property
    def all_held(self) -> frozenset[str] | None:
        """None of whoever may see everything."""
        if self._context.sees_everything:
            return None
        return frozenset(filter(self._holds, self._model.access_grants))

    def _holds(self, name: str) -> bool:
        grant = self._model.access_grants.get(name)
        value = self._context.user_attributes.get(grant.user_attribute) if grant else None
        if grant is None or value is None:
            return False
        if grant.user_attribute in self._context.plain_attributes:
            return value in grant.allowed_values
        return bool({value, *(one.strip() for one in value.split(","))} & set(grant.allowed_values))
