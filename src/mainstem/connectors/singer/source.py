"""A Singer tap as a connector: its streams by its catalog, each read by a run of its own.

A stream that fails leaves the others alone, and has a position of its own. A selected stream that the tap
said nothing of is an error, however well the tap ended.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.settings import is_read
from mainstem.connectors.singer.catalog import (
    Entry,
    catalog_of,
    ensure_stream,
    groups,
    is_whole_each_time,
    selected_fields,
)
from mainstem.connectors.singer.environment import Installed, TapEnvironment
from mainstem.connectors.singer.reading import Place, Reading, Selected
from mainstem.connectors.singer.rows import table_name, table_of
from mainstem.connectors.singer.tap import Tap
from mainstem.connectors.singer.turn import Turn
from mainstem.connectors.streams import Deletes, Stream
from mainstem.errors import ConfigError, EnvironmentFailure, TapFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.connectors.kind import Opening
    from mainstem.connectors.singer.settings import SingerSettings
    from mainstem.saas import Usage

_SETTLES = timedelta(minutes=1)


def open_tap(opening: Opening) -> Connector:
    """Raises ConfigError for settings that name no tap, or what taps do not have."""
    settings: SingerSettings = opening.settings
    where = f"[connectors.{opening.name}]"
    if not settings.package and not settings.executable:
        raise ConfigError(where, "names no tap", 'package = "tap-github==2.0.0", or executable = a path')
    for name in ("base_url", "daily_calls", "reserve_calls"):
        if getattr(settings, name):
            raise ConfigError(
                f"{where} {name}", "a tap asks its service itself; see `config` for what it takes"
            )
    both = sorted(settings.config.keys() & settings.secrets.keys())
    if both:
        raise ConfigError(f"{where} secrets", f"{', '.join(both)} stands in config too")
    opening.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    environment = (
        TapEnvironment(
            where, opening.name, opening.folder, settings.package, settings.python, settings.executable
        )
        if settings.package
        else Installed(where, settings.executable, opening.project)
    )
    return SingerTap(Tap(opening, settings, where, environment, Turn(opening.folder, opening.name)))


class SingerTap(Connector):
    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._settings = tap.settings
        self._found: dict[str, tuple[Stream, list[Selected]]] | None = None
        self._entries: list[Entry] = []

    def check(self) -> Sequence[Finding]:
        self._tap.turn.take()
        try:
            findings = [Finding("tap", True, self._tap.environment.make())]
        except EnvironmentFailure as e:
            return [Finding("tap", False, str(e))]
        try:
            found = self._read_catalog(anew=True)
        except TapFailed as e:
            return [*findings, Finding("discovery", False, str(e))]
        read = [name for name in found if is_read(name, self._settings)]
        findings.append(Finding("discovery", True, f"{len(found)} streams, of which {len(read)} are read"))
        findings += [
            Finding(f"stream {name}", False, f"there is none; there are {', '.join(found)}")
            for name in (*self._settings.streams, *self._settings.without)
            if name not in found
        ]
        flags = self._tap.flags()
        detail = flags[0] if len(flags) == 1 else f"{' or '.join(flags)}: the first sync finds out which"
        return [*findings, Finding("catalog", True, f"goes by {detail}")]

    def streams(self) -> Sequence[Stream]:
        """Raises UsageError while another process is at work with the tap."""
        self._tap.turn.take()
        return [stream for stream, _ in self._streams().values()]

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        began = self._tap.opening.clock.now()
        selected = self._streams()[stream.name][1]
        place = Place.of(asked.position)
        flags = self._tap.flags()
        empty: list[Reading] = []
        problems: dict[str, TapFailed] = {}
        for flag in flags:
            reading = Reading(selected, self._settings, place)
            try:
                yield from self._pages(stream, flag, reading, place)
            except TapFailed as e:
                if reading.records or len(flags) == 1:
                    raise
                problems[flag] = e  # tap-marketo trips over a catalog that it takes the wrong way
            else:
                empty.append(reading)
            if reading.records:
                self._tap.prove(flag)
                yield reading.ended(began - _SETTLES)
                return
        # No flag brought a record: of those, one that spoke of every stream, else the first has to explain.
        chosen = next((reading for reading in empty if not reading.missing), None)
        if chosen is None and problems:
            raise TapFailed("; ".join(f"with {flag}: {problem}" for flag, problem in problems.items()))
        yield (chosen or empty[0]).ended(began - _SETTLES)

    def _pages(self, stream: Stream, flag: str, reading: Reading, place: Place) -> Iterator[Page]:
        """Of one run, to its good end."""
        files = {flag: self._catalog(self._streams()[stream.name][1])}
        if place.state is not None:
            files["--state"] = msgspec.json.encode(place.state)
        with self._tap.running(stream.name, [], files) as run:
            yield from reading.pages(self._tap.lines(run))
            run.ensure_success()

    @property
    def usage(self) -> Usage:
        return self._tap.usage

    def close(self) -> None:
        self._tap.turn.close()

    def _streams(self) -> Mapping[str, tuple[Stream, list[Selected]]]:
        return self._found if self._found is not None else self._read_catalog(anew=False)

    def _read_catalog(self, *, anew: bool) -> dict[str, tuple[Stream, list[Selected]]]:
        """Raises ConfigError for settings that speak of streams or fields there are not."""
        settings, where = self._settings, self._tap.where
        self._entries = self._tap.entries(anew=anew)
        by_id = {entry.id: entry for entry in self._entries}
        for setting in ("fields", "without_fields", "keys", "metadata"):
            for name in getattr(settings, setting):
                ensure_stream(name, by_id, f"{where} {setting}")
        for name in settings.keep:
            ensure_stream(name, by_id, f"{where} keep")
        tables = _tables(self._entries)
        self._found = {}
        for group in groups(self._entries, settings.together, where):
            selected = [Selected(one, tables[one.id], selected_fields(one, settings, where)) for one in group]
            self._found[group[0].id] = self._stream(group[0].id, selected), selected
        return self._found

    def _stream(self, name: str, selected: Sequence[Selected]) -> Stream:
        settings = self._settings
        tables = tuple(
            table_of(one.table, one.entry.properties, one.fields, keep=one.entry.id in settings.keep)
            for one in selected
        )
        whole = all(
            is_whole_each_time(one.entry, settings.metadata.get(one.entry.id, {})) for one in selected
        )
        return Stream(name, tables, Deletes.LISTING if whole else Deletes.UNKNOWN)

    def _catalog(self, selected: Sequence[Selected]) -> bytes:
        fields = {one.entry.id: set(one.fields) for one in selected}
        return catalog_of(self._entries, fields, self._settings.metadata)


def _tables(entries: Sequence[Entry]) -> dict[str, str]:
    """Names of tables by stream: of streams with one name, their ids. Raises TapFailed."""
    often = Counter(table_name(entry.name) for entry in entries)
    found = {
        entry.id: table_name(entry.name if often[table_name(entry.name)] == 1 else entry.id)
        for entry in entries
    }
    twice = [name for name, times in Counter(found.values()).items() if times > 1]
    if twice or len(found) < len(entries):
        raise TapFailed(f"streams of the tap would share tables: {', '.join(twice) or 'one id stands twice'}")
    return found
