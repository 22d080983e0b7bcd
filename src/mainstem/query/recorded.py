"""An explorer that notes every query it runs: who asked, from where, and what it took.

Noting is the last thing it does, and never changes an answer or an error.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.config import redact
from mainstem.errors import AnswerWithheld
from mainstem.query.explorer import Explorer, Explorers
from mainstem.store.queries import QueryRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mainstem.query.composed import Composed
    from mainstem.query.context import Asking
    from mainstem.query.facts import ElementFacts, FieldFacts
    from mainstem.query.request import Request
    from mainstem.query.result import Cell, Compiled, QueryResult
    from mainstem.query.streaming import RowStream
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.semantics.model import Explore, Model, ViewField
    from mainstem.semantics.project import Project


@dataclass(frozen=True)
class Asker:
    """Who asks, at this moment."""

    via: str
    login: str | None
    page: str


class RecordedExplorers(Explorers):
    """Other explorers, every run of each noted."""

    def __init__(
        self, inner: Explorers, note: Callable[[QueryRun], None], asker: Callable[[], Asker]
    ) -> None:
        """As RecordedExplorer."""
        self._inner = inner
        self._note = note
        self._asker = asker

    @property
    def project(self) -> Project:
        return self._inner.project

    def of(self, asking: Asking) -> RecordedExplorer:
        return RecordedExplorer(self._inner.of(asking), self._note, self._asker)


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

    def field(self, model: str, explore: str, name: str) -> ViewField:
        return self._inner.field(model, explore, name)

    def compile(self, request: Request) -> Compiled:
        return self._inner.compile(request)

    def run(self, request: Request, *, tile: tuple[str, str] | None = None) -> QueryResult:
        return self._recorded(request, *(tile or (None, None)))

    def compile_composed(self, composed: Composed) -> Compiled:
        return self._inner.compile_composed(composed)

    def run_composed(self, composed: Composed) -> QueryResult:
        run = self._run(composed, None, None)
        return recorded(run, lambda: self._inner.run_composed(composed), lambda: "", self._note)

    @contextmanager
    def stream(self, request: Request) -> Iterator[RowStream]:
        """Noted once it has ended, with the rows that were read until then."""
        run, began, rows, error = self._run(request, None, None), time.perf_counter(), 0, None
        try:
            with self._inner.stream(request) as stream:

                def counted() -> Iterator[Sequence[tuple[Cell, ...]]]:
                    nonlocal rows
                    for batch in stream.batches:
                        rows += len(batch)
                        yield batch

                yield replace(stream, batches=counted())
        except Exception as e:
            error = _said(e)
            raise
        finally:
            seconds = time.perf_counter() - began
            sql = redact(self._sql_of(request))
            self._note(replace(run, sql=sql, seconds=seconds, rows=rows, error=error))

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
        run = self._run(request, dashboard, tile)
        return recorded(run, lambda: self._inner.run(request), lambda: self._sql_of(request), self._note)

    def _run(self, request: Request | Composed, dashboard: str | None, tile: str | None) -> QueryRun:
        asker = self._asker()
        return QueryRun(
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
        note(replace(run, sql=redact(sql_of_failed()), seconds=seconds, error=_said(e)))
        raise
    note(
        replace(
            run,
            sql=redact(result.sql),
            seconds=0.0 if result.cached else result.seconds,
            rows=len(result.rows),
            bytes=result.bytes,
            cached=result.cached,
        )
    )
    return result


def _said(error: Exception) -> str:
    """In full, also where who asked was not told."""
    told = error.__cause__ if isinstance(error, AnswerWithheld) and error.__cause__ else error
    return redact(str(told) or type(told).__name__)
