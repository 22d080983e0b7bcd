"""What turns Liquid into SQL, for the pass that expands: it knows nothing else of Liquid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from mainstem.errors import QueryError
from mainstem.semantics.model import ExploreSource, View

SourceSql: TypeAlias = Callable[[View, ExploreSource], str]
"""The query an `explore_source` comes to."""


class Templates(Protocol):
    def render(self, text: str, alias: str | None, field: str | None = None) -> str:
        """`text` holds Liquid; `alias` is that of the view it was written in, None in an explore; `field` the
        filter-only field whose SQL it is. What comes back is SQL that may hold `${…}` again. Raises
        QueryError."""


class NoTemplates:
    """Where nobody renders Liquid, no text with Liquid reaches a warehouse."""

    def render(self, text: str, alias: str | None, field: str | None = None) -> str:
        where = f" in {alias}" if alias else ""
        raise QueryError(
            f"Liquid ({{% … %}}, {{{{ … }}}}){where} cannot be rendered here: {text.strip()[:80]}"
        )


def no_source_sql(view: View, source: ExploreSource) -> str:
    raise QueryError(
        f"{source.origin}: view {view.name} reads explore {source.explore}, which cannot be compiled here"
    )


def has_liquid(text: str) -> bool:
    return "{%" in text or "{{" in text
