"""One list of a resource, read from a state on: what is new, what changed, or all of it.

- By a cursor that grows (`row_order: asc`): each page is asked from the newest row on. A row that moves to
  the end while pages are read shifts all behind it, and by numbers of pages one would be missed.
- Newest first (`desc`): until a page has rows that the last run had.
- By changes: the newest of each row counts, so a run that died begins them again from where it began.
- Whole: page by page; a run that died goes on with the page behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from mainstem.connectors.rest.asking import asking_of
from mainstem.connectors.rest.cursors import (
    Cursor,
    anchor,
    before,
    first_cursor,
    read_cursor,
)
from mainstem.connectors.rest.row_maker import RowMaker
from mainstem.connectors.rest.values_at import MISSING, found_at, holds, steps, value_at
from mainstem.errors import ApiRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.connectors.rest.declaration import Changes, Declaration, Endpoint, Incremental, Resource
    from mainstem.connectors.rest.paging import Answer, Pages
    from mainstem.connectors.rest.row_maker import Read

State: TypeAlias = dict[str, Any]
"""Of one list: `newest` cursor, `top` and `page` of a reading that goes on, the day it was `listed` on."""
Known: TypeAlias = "Mapping[str, Any]"


@dataclass(frozen=True)
class Span:
    """What is wanted of time."""

    start: datetime
    """Where history begins."""
    since: datetime | None
    until: datetime | None
    now: datetime

    @property
    def is_range(self) -> bool:
        return self.since is not None or self.until is not None


@dataclass
class _Going:
    """A reading by a cursor."""

    by: Incremental
    path: tuple[str, ...] = field(init=False)
    top: Cursor | None = None
    least: Cursor | None = None
    """Of the page that was looked at last."""

    def __post_init__(self) -> None:
        self.path = steps(self.by.cursor_path)

    def look(self, rows: list[Any]) -> list[Cursor]:
        cursors = [self._of(row) for row in rows]
        self.least = min(cursors, default=None)
        self.top = max([*cursors, *([] if self.top is None else [self.top])], default=None)
        return cursors

    def _of(self, row: Any) -> Cursor:
        value = value_at(row, self.path)
        if value is MISSING or value is None:
            raise ApiRefused(f"a row has no {self.by.cursor_path}, its cursor_path", 200)
        return read_cursor(self.by, value)


class ListReader:
    """Reads the lists of one resource."""

    def __init__(self, declaration: Declaration, resource: Resource, pages: Pages) -> None:
        self._declaration = declaration
        self._resource = resource
        self._pages = pages
        self._where = {steps(path): values for path, values in resource.where.items()}
        self._maker = RowMaker(declaration, resource, pages)

    def read(
        self, known: Known, parent: Any, state: State | None, span: Span
    ) -> Iterator[tuple[Read, State]]:
        """Rows and the state behind them; the last state is where the next run begins."""
        endpoint, state = self._resource.endpoint, dict(state or {})
        if span.is_range:
            found = self._range(known, state, span)
        elif self._resource.changes is not None:
            found = self._with_changes(self._resource.changes, known, state, span)
        elif endpoint.incremental is None:
            found = self._whole(known, state)
        elif endpoint.incremental.row_order == "asc":
            found = self._ascending(endpoint.incremental, known, state, span)
        else:
            found = self._descending(endpoint.incremental, known, state, span)
        for rows, behind in found:
            kept = [row for row in rows if holds(row, self._where)]
            yield self._maker.made(kept, known, parent), behind

    def ended(self, states: Mapping[str, State]) -> dict[str, State]:
        """The states of lists that came to their end; a list that is always read whole has none."""
        return {key: state for key, state in states.items() if state.get("ended") is None}

    def objects(self, known: Known) -> Iterator[Any]:
        """Every object of the list, for what is read below each."""
        for answer in self._ask(self._resource.endpoint, known):
            yield from (row for row in answer.rows if holds(row, self._where))

    def first_page(self, known: Known, start: datetime) -> Iterator[Answer]:
        by = self._resource.endpoint.incremental
        cursor = None if by is None else first_cursor(by, start)
        yield from self._ask(self._resource.endpoint, known, start=cursor)

    def _whole(self, known: Known, state: State) -> Iterator[tuple[list[Any], State]]:
        if state.get("ended"):
            return
        for answer in self._ask(self._resource.endpoint, known, page=state.get("page")):
            yield answer.rows, {"page": answer.state} if answer.has_next else {"ended": True}

    def _ascending(
        self, by: Incremental, known: Known, state: State, span: Span
    ) -> Iterator[tuple[list[Any], State]]:
        going = _Going(by, state.get("newest"))
        begin = before(by, going.top) if going.top is not None else first_cursor(by, span.start)
        while True:
            further = None
            for answer in self._ask(self._resource.endpoint, known, start=begin):
                going.look(answer.rows)
                yield answer.rows, {"newest": going.top}
                ahead = None if going.top is None else anchor(by, going.top)
                if answer.has_next and ahead is not None and (begin is None or _is_less(begin, ahead)):
                    further = ahead
                    break
            if further is None:
                return
            begin = further

    def _descending(
        self, by: Incremental, known: Known, state: State, span: Span
    ) -> Iterator[tuple[list[Any], State]]:
        newest = state.get("newest")
        going = _Going(by, state.get("top", newest))
        bound = before(by, newest) if newest is not None else first_cursor(by, span.start)
        for answer in self._ask(self._resource.endpoint, known, start=bound, page=state.get("page")):
            going.look(answer.rows)
            is_behind = by.row_order == "desc" and _is_less(going.least, bound)
            if answer.has_next and not is_behind:
                yield answer.rows, {"newest": newest, "top": going.top, "page": answer.state}
            else:
                yield answer.rows, {"newest": going.top}
                return

    def _range(self, known: Known, state: State, span: Span) -> Iterator[tuple[list[Any], State]]:
        """Rows whose cursor lies in a range of time."""
        by = self._resource.endpoint.incremental
        if by is None or state.get("ended"):
            return
        begin = (span.since or span.start).timestamp()
        end = None if span.until is None else span.until.timestamp()
        going = _Going(by)
        for answer in self._ask(self._resource.endpoint, known, start=begin, end=end, page=state.get("page")):
            cursors = going.look(answer.rows)
            pairs = zip(answer.rows, cursors, strict=True)
            inside = [
                row for row, at in pairs if not _is_less(at, begin) and (end is None or _is_less(at, end))
            ]
            is_behind = (by.row_order == "desc" and _is_less(going.least, begin)) or (
                by.row_order == "asc" and end is not None and bool(cursors) and not _is_less(going.least, end)
            )
            ends = is_behind or not answer.has_next
            yield inside, {"ended": True} if ends else {"page": answer.state}
            if ends:
                return

    def _with_changes(
        self, changes: Changes, known: Known, state: State, span: Span
    ) -> Iterator[tuple[list[Any], State]]:
        """The list once, then what changed since the newest change that there was before it."""
        read_on = span.now.date().isoformat()
        if not state.get("listed") or _is_over(state["listed"], changes.keep_days, span.now):
            for rows, behind in self._listed(changes, known, state, read_on):
                yield rows, behind
                state = behind
        if state.get("listed"):
            for rows, behind in self._changed(changes, known, state):
                yield rows, {**behind, "listed": read_on}

    def _listed(
        self, changes: Changes, known: Known, state: State, read_on: str
    ) -> Iterator[tuple[list[Any], State]]:
        newest = state["newest"] if "page" in state else self._newest_change(changes, known)
        for answer in self._ask(self._resource.endpoint, known, page=state.get("page")):
            if answer.has_next:
                yield answer.rows, {"newest": newest, "page": answer.state}
            else:
                yield answer.rows, {"newest": newest, "listed": read_on}

    def _newest_change(self, changes: Changes, known: Known) -> Cursor | None:
        by = _incremental(changes)
        going = _Going(by)
        for answer in self._ask(changes.endpoint, known):
            going.look(answer.rows)
            if by.row_order == "desc":
                break
        return going.top

    def _changed(self, changes: Changes, known: Known, state: State) -> Iterator[tuple[list[Any], State]]:
        by, newest = _incremental(changes), state.get("newest")
        going = _Going(by, newest)
        start = None if newest is None else before(by, newest)
        seen: set[str] = set()
        is_desc = by.row_order == "desc"
        for answer in self._ask(changes.endpoint, known, start=start):
            going.look(answer.rows)
            rows = list(self._records(changes, answer, seen if is_desc else None))
            is_behind = is_desc and _is_less(going.least, start)
            if answer.has_next and not is_behind:
                yield rows, {"newest": newest if is_desc else going.top}
            else:
                yield rows, {"newest": going.top}
                return

    def _records(self, changes: Changes, answer: Answer, seen: set[str] | None) -> Iterator[Any]:
        """Rows that changed, of each the first that is `seen`."""
        record = steps(changes.record)
        where = {steps(path): values for path, values in changes.where.items()}
        deleted = {steps(path): values for path, values in changes.deleted.items()}
        for change in answer.rows:
            found = found_at(change, record)
            if not isinstance(found, dict) or not holds(change, where):
                continue
            if seen is not None:
                key = self._maker.key_of(found)
                if key in seen:
                    continue
                seen.add(key)
            yield self._maker.gone(found) if deleted and holds(change, deleted) else found

    def _ask(
        self,
        endpoint: Endpoint,
        known: Known,
        *,
        start: Cursor | None = None,
        end: Cursor | None = None,
        page: Any = None,
    ) -> Iterator[Answer]:
        asking = asking_of(self._declaration.client, endpoint, known, start, end)
        yield from self._pages.read(asking, page)


def _incremental(changes: Changes) -> Incremental:
    by = changes.endpoint.incremental
    if by is None:  # the check of declarations sees to that
        raise ApiRefused("changes have no cursor", 200)
    return by


def _is_less(one: Cursor | None, other: Cursor | None) -> bool:
    return one is not None and other is not None and one < other  # type: ignore[operator] # of one list


def _is_over(day: str, keep_days: float | None, now: datetime) -> bool:
    """Whether the service has forgotten changes since the day of the last run."""
    if keep_days is None:
        return False
    read_on = datetime.fromisoformat(day).replace(tzinfo=now.tzinfo)
    return now - read_on > timedelta(days=keep_days)
