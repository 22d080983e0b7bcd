"""An explorer that notes every query it runs: who asked, from where, and what it took.

Noting is the last thing it does, and never changes an answer or an error.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.config import redact
from mainstem.query.explorer import Explorer
from mainstem.store.queries import QueryRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.query.facts import ElementFacts, FieldFacts
    from mainstem.query.request import Request
    from mainstem.query.result import Compiled, QueryResult
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project


@dataclass(frozen=True)
class Asker:
    """Who asks, at this moment."""

    via: str
    login: str | None
    page: str


class RecordedExplorer(Explorer):
    """Another explorer, with every run noted."""

    def __init__(self, inner: Explorer, note: Callable[[QueryRun], None], asker: Callable[[], Asker]) -> None:
        """`asker` is called in the thread, and the context, of who asks."""
        self._inner = inner
        self._note = note
        self._asker = asker

    @property
    def project(self) -> Project:
        return self._inner.project

    def explores(self) -> tuple[tuple[Model, Explore], ...]:
        return self._inner.explores()

    def fields(self, model: str, explore: str) -> dict[str, ViewField]:
        return self._inner.fields(model, explore)

    def compile(self, request: Request) -> Compiled:
        return self._inner.compile(request)

    def run(self, request: Request) -> QueryResult:
        return self._recorded(request, None, None)

    def element_request(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> Request:
        return self._inner.element_request(dashboard, element, filter_values)

    def run_element(
        self, dashboard: Dashboard, element: Element, filter_values: Mapping[str, str]
    ) -> QueryResult:
        request = self._inner.element_request(dashboard, element, filter_values)
        return self._recorded(request, dashboard.name, element.name)

    def describe_field(self, model: str, explore: str, field: str) -> FieldFacts:
        return self._inner.describe_field(model, explore, field)

    def describe_request(self, request: Request) -> ElementFacts:
        return self._inner.describe_request(request)

    def describe_element(self, element: Element) -> ElementFacts:
        return self._inner.describe_element(element)

    def _recorded(self, request: Request, dashboard: str | None, tile: str | None) -> QueryResult:
        asker = self._asker()
        run = QueryRun(
            datetime.now(UTC),
            asker.via,
            asker.login,
            asker.page,
            "",
            0.0,
            dashboard=dashboard,
            tile=tile,
            model=request.model,
            explore=request.explore,
        )
        return recorded(run, lambda: self._inner.run(request), lambda: self._sql_of(request), self._note)

    def _sql_of(self, request: Request) -> str:
        """The SQL of a request that failed; empty where it never became any."""
        try:
            return self._inner.compile(request).sql
        except Exception:  # noqa: BLE001 # who asked is told of the first failure, not of one met while noting it
            return ""


def recorded(
    run: QueryRun,
    ask: Callable[[], QueryResult],
    sql_of_failed: Callable[[], str],
    note: Callable[[QueryRun], None],
) -> QueryResult:
    """The answer of `ask`, or what it raises; `run` is noted either way, with what came of it."""
    began = time.perf_counter()
    try:
        result = ask()
    except Exception as e:
        seconds = time.perf_counter() - began
        said = redact(str(e) or type(e).__name__)
        note(replace(run, sql=redact(sql_of_failed()), seconds=seconds, error=said))
        raise
    note(
        replace(
            run,
            sql=redact(result.sql),
            seconds=result.seconds,
            rows=len(result.rows),
            bytes=result.bytes,
            cached=result.cached,
        )
    )
    return result
