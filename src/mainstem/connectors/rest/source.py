"""Reading a declared service: a stream for each resource, position by position.

A position has the state of every unit of a stream: of each value of a list parameter, of each row of the
resource in its path. It runs nothing but what the declaration says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.connectors.api import ApiConnector
from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.rest.checking import lists_of, parents_of
from mainstem.connectors.rest.lists import ListReader, Span
from mainstem.connectors.rest.paging import Pages
from mainstem.connectors.rest.reading import read_declaration
from mainstem.connectors.rest.session import hidden_of, open_session, parameters_of
from mainstem.connectors.rest.streams import streams_of
from mainstem.connectors.rest.templates import filled
from mainstem.connectors.rest.values_at import found_at, steps
from mainstem.connectors.streams import key_text
from mainstem.errors import ApiRefused, CredentialsRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.connectors.kind import Opening
    from mainstem.connectors.rest.declaration import Declaration, Resource
    from mainstem.connectors.streams import Stream
    from mainstem.saas import ApiSession, Clock

_SETTLES = timedelta(minutes=1)


def open_rest(opening: Opening) -> Connector:
    """Raises ConfigError for a declaration or secrets that do not do."""
    declaration = read_declaration(Path(opening.settings.declaration))
    session = open_session(declaration, opening)
    start = datetime.fromisoformat(opening.settings.start).replace(tzinfo=UTC)
    return RestConnector(session, declaration, parameters_of(declaration, opening.settings), start)


@dataclass(frozen=True)
class Unit:
    """One list among those of a stream."""

    key: str
    """What tells it from the others."""
    known: Mapping[str, Any]
    """What placeholders stand for."""
    parent: Mapping[str, Any] | None = None
    """The row that it belongs to."""


class RestConnector(ApiConnector):
    def __init__(
        self,
        session: ApiSession,
        declaration: Declaration,
        parameters: Mapping[str, Any],
        start: datetime,
    ) -> None:
        super().__init__(session)
        self._declaration = declaration
        self._parameters = parameters
        self._clock: Clock = session.clock
        self._pages = Pages(session, hidden_of(declaration))
        self._start = start
        self._readers: dict[str, ListReader] = {}

    def check(self) -> Sequence[Finding]:
        check = self._declaration.check
        try:
            findings = [self._who(check.path, check.shows)] if check else []
        except (CredentialsRefused, ApiRefused) as e:
            return [Finding("credentials", False, str(e))]
        findings += [self._readable(self._declaration.resource(one.name)) for one in self.streams()]
        quota = self.quota()
        if quota is not None:
            findings.append(Finding("quota", quota.remaining > 0, f"{quota.remaining} calls left"))
        return findings

    def streams(self) -> Sequence[Stream]:
        return streams_of(self._declaration)

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        began = self._clock.now()
        resource = self._declaration.resource(stream.name)
        reader = self._reader(resource)
        span = Span(self._start, asked.since, asked.until, began)
        states: dict[str, Any] = dict((asked.position or {}).get("of", {}))
        units: set[str] = set()
        for unit in self._units(resource):
            units.add(unit.key)
            for read, state in reader.read(unit.known, unit.parent, states.get(unit.key), span):
                states[unit.key] = state
                yield Page(read.rows, {"of": dict(states)}, owners=read.owners)
        ended = {key: state for key, state in states.items() if key in units}
        yield Page(position={"of": reader.ended(ended)}, complete_through=began - _SETTLES)

    def _reader(self, resource: Resource) -> ListReader:
        if resource.name not in self._readers:
            self._readers[resource.name] = ListReader(self._declaration, resource, self._pages)
        return self._readers[resource.name]

    def _units(self, resource: Resource) -> Iterator[Unit]:
        """Every list of a resource: of each value of a list parameter, of each row of its parent."""
        parents = parents_of(resource)
        if parents:
            parent = self._declaration.resource(next(iter(parents)))
            yield from self._below(parent)
            return
        units = [Unit("", {"parameters": dict(self._parameters)})]
        for name in lists_of(self._declaration, resource):
            units = [
                Unit(f"{unit.key} {value}".strip(), {"parameters": {**unit.known["parameters"], name: value}})
                for unit in units
                for value in self._parameters[name]
            ]
        yield from units

    def _below(self, parent: Resource) -> Iterator[Unit]:
        """Rows of a parent, one after another; few enough to be listed in each run."""
        reader = self._reader(parent)
        key_paths = [
            steps(column.from_ or name) if (column := parent.columns.get(name)) else (name,)
            for name in parent.primary_key
        ]
        for unit in self._units(parent):
            for found in reader.objects(unit.known):
                key = key_text([found_at(found, path) for path in key_paths])
                yield Unit(key, {**unit.known, "resources": {parent.name: found}}, found)

    def _readable(self, resource: Resource) -> Finding:
        """By the first page of its first list."""
        try:
            unit = next(self._units(resource), None)
            if unit is not None:
                next(self._reader(resource).first_page(unit.known, self._start), None)
        except (CredentialsRefused, ApiRefused) as e:
            return Finding(resource.name, False, str(e))
        return Finding(resource.name, True, "may be read")

    def _who(self, path: str, shows: str | None) -> Finding:
        response = self._session.get(str(filled(path, {"parameters": self._parameters})))
        said = found_at(response.json(), steps(shows)) if shows else None
        return Finding("credentials", True, f"{said}" if said is not None else f"{path} may be read")
