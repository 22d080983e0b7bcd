"""Messages of one run as pages: rows, and a position that covers them and nothing more.

A STATE stands in a position only with all records before it. Rows that fill a page before the next STATE are
committed under the last: read again after a crash, they replace themselves. What ACTIVATE_VERSION says
waits for the run's good end, in the position too, so that a table is never empty meanwhile.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mainstem.connectors.contract import Page, Position
from mainstem.connectors.singer.messages import (
    ActivateVersionMessage,
    RecordMessage,
    SchemaMessage,
    StateMessage,
    read_message,
)
from mainstem.connectors.singer.rows import Shape
from mainstem.errors import TapFailed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from mainstem.connectors.singer.catalog import Entry
    from mainstem.connectors.singer.settings import SingerSettings

logger = logging.getLogger("mainstem.connectors")

_AT_STATE, _ANYWAY = 500, 5000
"""Rows of a page that ends at a STATE, and of one that none comes to."""


@dataclass(frozen=True)
class Place:
    """A position: what the tap knows it by, what waits to be activated, and which keys rows were told apart
    by."""

    state: Mapping[str, Any] | None = None
    generations: Mapping[str, int] = field(default_factory=dict)
    """By table, the version whose rows stand once the run has ended well."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By stream."""

    @classmethod
    def of(cls, position: Position | None) -> Place:
        held = position or {}
        keys = {name: tuple(found) for name, found in (held.get("keys") or {}).items()}
        return cls(held.get("state"), held.get("generations") or {}, keys)

    def position(self) -> Position:
        found: dict[str, Any] = {
            "state": self.state,
            "keys": {name: list(k) for name, k in self.keys.items()},
        }
        return {**found, "generations": dict(self.generations)} if self.generations else found


@dataclass(frozen=True)
class Selected:
    """A stream that is read, and its table."""

    entry: Entry
    table: str
    fields: Collection[str]


class Reading:
    """One run of a tap. Iterated once."""

    def __init__(self, selected: Collection[Selected], settings: SingerSettings, place: Place) -> None:
        self._selected = {one.entry.name: one for one in selected}
        self._settings = settings
        self._at_state = min(_AT_STATE, settings.rows_a_commit)
        self._anyway = min(_ANYWAY, settings.rows_a_commit)
        self._shapes: dict[str, Shape] = {}
        self._state = place.state
        self._generations = dict(place.generations)
        self._keys = dict(place.keys)
        self._versions = {
            one.entry.name: place.generations[one.table] for one in selected if one.table in place.generations
        }
        self._unversioned: set[str] = set()
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._waiting = 0
        self._passed_over: set[str] = set()
        self.records = 0

    def pages(self, lines: Iterable[bytes]) -> Iterator[Page]:
        """Raises TapFailed for what breaks the protocol; the rows before it are in pages already."""
        place = self._place()
        for number, line in enumerate(lines, start=1):
            match read_message(line, number):
                case RecordMessage() as message:
                    self._record(message)
                    if self._waiting >= self._anyway:
                        yield self._page(place)
                case StateMessage(value):
                    self._state = value
                    place = self._place()
                    if self._waiting >= self._at_state:
                        yield self._page(place)
                case SchemaMessage() as message:
                    self._schema(message)
                case ActivateVersionMessage(stream, version):
                    self._activate(stream, version)
        if self._waiting:
            yield self._page(place)

    @property
    def missing(self) -> list[str]:
        """Streams that had no SCHEMA."""
        return [name for name in self._selected if name not in self._shapes]

    def ended(self, complete_through: datetime) -> Page:
        """The last page of a run that ended well. Raises TapFailed for a stream that had no SCHEMA."""
        if self.missing:
            raise TapFailed(
                f"the tap ended well and sent no SCHEMA for {', '.join(self.missing)}: it did not read what "
                "was selected; look at its log, whether it wants another stream with it (`together`), or "
                "other settings"
            )
        generations, self._generations = self._generations, {}
        return Page(
            position=self._place().position(), generations=generations, complete_through=complete_through
        )

    def _place(self) -> Place:
        return Place(self._state, dict(self._generations), dict(self._keys))

    def _page(self, place: Place) -> Page:
        rows, self._rows, self._waiting = self._rows, {}, 0
        return Page(rows, place.position())

    def _schema(self, message: SchemaMessage) -> None:
        selected = self._selected.get(message.stream)
        if selected is None:
            return
        entry = selected.entry
        keys = self._settings.keys.get(entry.id) or tuple(message.key_properties or entry.keys)
        before = self._keys.get(entry.name, keys)
        if before != keys:
            raise TapFailed(
                f"the tap now tells rows of {entry.name} apart by {_listed(keys)}, and did by "
                f"{_listed(before)}: give `keys` of {entry.id} to go on with those, or read it into a new "
                "schema"
            )
        self._keys[entry.name] = keys
        without = self._left_out(message, selected)
        self._shapes[message.stream] = Shape.of(message, keys, without)

    def _left_out(self, message: SchemaMessage, selected: Selected) -> set[str]:
        """Fields that were not wanted, for taps that send them all the same."""
        return set(selected.entry.properties) - set(selected.fields) - set(message.key_properties or ())

    def _record(self, message: RecordMessage) -> None:
        shape = self._shapes.get(message.stream)
        if shape is None:
            if message.stream in self._selected:
                raise TapFailed(f"the tap sent a RECORD of {message.stream} before its SCHEMA")
            self._pass_over(message.stream)
            return
        version = message.version if message.version is not None else self._versions.get(message.stream)
        if version is None:
            self._unversioned.add(message.stream)
        table = self._selected[message.stream].table
        self._rows.setdefault(table, []).append(shape.row(message.record, version))
        self._waiting += 1
        self.records += 1

    def _activate(self, stream: str, version: int) -> None:
        selected = self._selected.get(stream)
        if selected is None:
            return
        if stream in self._unversioned:
            raise TapFailed(
                f"the tap sent ACTIVATE_VERSION for {stream} behind records of it without a version: old "
                "rows cannot be told from new ones"
            )
        self._versions[stream] = version
        self._generations[selected.table] = version

    def _pass_over(self, stream: str) -> None:
        if stream not in self._passed_over:
            self._passed_over.add(stream)
            logger.warning("the tap sends records of %s, which is not selected: passed over", stream)


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(keys) or "everything in them"
