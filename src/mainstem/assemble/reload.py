"""A gateway that follows its settings: sources are read again when they change, without a restart.

Promise: between two requests the new sources are served, each event by one reading of them; settings that
do not check change nothing, and it is said, until they are mended. What a process takes up only at its
start (ports, folders, limits) is left as it is, and said too. No key is ever written to the log.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.assemble.logs import RECOVERED
from mainstem.assemble.project import ProjectSettings
from mainstem.assemble.watch import FileWatch
from mainstem.collect.alongside import alongside
from mainstem.collect.health import ConfigProblem
from mainstem.collect.settings import CollectSettings
from mainstem.errors import ConfigError, MainstemError, Place
from mainstem.log import LogSettings
from mainstem.supervise import LoggingSettings
from mainstem.tracking import TrackingSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import msgspec

    from mainstem.collect import Companion, Parts, SourceTable
    from mainstem.config import Config
    from mainstem.events import Source

LOOK_SECONDS = 1.0

_AT_START: dict[str, type[msgspec.Struct]] = {
    "project": ProjectSettings,
    "collect": CollectSettings,
    "log": LogSettings,
    "logging": LoggingSettings,
    "tracking": TrackingSettings,
}
"""Sections that a gateway reads once."""
_FOLLOWED: dict[str, frozenset[str]] = {
    "collect": frozenset({"flag_bots", "geo_database"}),
    "tracking": frozenset(TrackingSettings.__struct_fields__)
    - {"facts", "max_facts_per_minute", "save_interval"},
}
"""What of them sources are compiled with, and so is read again with them."""

logger = logging.getLogger("mainstem.collect")


@dataclass(frozen=True)
class Reading:
    """The sources as the files said when they were read."""

    config: Config
    table: SourceTable
    files: frozenset[Path]
    """What it was read from."""
    copied: frozenset[Path] = frozenset()
    """Of them, what is kept beside `mainstem.toml` to start from."""

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(entry.source for entry in self.table.compiled)


class Reloader:
    """Serves what `read` gives, and goes on with the last reading that checked. `read` is given the table
    served so far, whose counts go on in the new one."""

    def __init__(
        self,
        first: Reading,
        read: Callable[[SourceTable], Reading],
        parts: Parts,
        keep: Callable[[Reading], None] = lambda _: None,
    ) -> None:
        self._first = self._current = first
        self._read = read
        self._keep = keep
        self._parts = parts
        self._watch = FileWatch()
        self._looked = False
        self._blamed: frozenset[Path] = frozenset()
        """Where the present mistake stands: perhaps a file that no reading has named yet."""
        self._told: tuple[str, ...] = ()

    async def look(self, *, force: bool = False) -> None:
        """Read again if a file has changed since the last look; the first look always does, for the files
        may have changed since they were read at the start. Requests are served meanwhile: a large plan takes
        seconds. Not to be called while it runs."""
        changed = await asyncio.to_thread(self._watch.changed, self._current.files | self._blamed)
        if not changed and not force:
            return
        try:
            reading = await asyncio.to_thread(self._read, self._parts.handler.sources)
            waiting = needs_restart(self._first.config, reading.config)
        except (MainstemError, OSError) as e:
            self._refuse(_problem_of(e), _files_of(e))
        except Exception as e:  # a fault of ours must not cost events because of an edited file
            logger.error("the changed settings could not be read", exc_info=e)
            self._refuse(ConfigProblem("", f"{type(e).__name__}: {e}"), frozenset())
        else:
            self._use(reading, changed if self._looked else [], waiting)
            await asyncio.to_thread(self._keep_quietly, reading)
        self._looked = True

    def _keep_quietly(self, reading: Reading) -> None:
        try:
            self._keep(reading)
        except OSError as e:
            logger.warning("the settings that are served could not be kept, to start from them again: %s", e)

    def _use(self, reading: Reading, changed: list[Path], waiting: tuple[str, ...]) -> None:
        before, self._current, self._blamed = self._current, reading, frozenset()
        self._parts.handler.use(reading.table)
        if self._parts.health.config_error is not None:
            self._parts.health.config_error = None
            logger.info("the settings check again", extra={"fields": {RECOVERED: True}})
        news = changes(before.sources, reading.sources)
        if others := [file.name for file in changed if file != reading.config.file]:
            news = (*news, f"read again: {', '.join(others)}")
        if news:
            logger.info("serving changed sources: %s", "; ".join(news))
        if waiting and waiting != self._told:
            logger.warning("changed, but taken up only by a restart: %s", ", ".join(waiting))
        self._told = waiting

    def _refuse(self, problem: ConfigProblem, files: frozenset[Path]) -> None:
        known, self._parts.health.config_error = self._parts.health.config_error, problem
        self._blamed = files
        if known != problem:
            logger.error("serving the sources as they were, for the settings do not check: %s", problem.text)


def reloading(
    first: Reading,
    read: Callable[[SourceTable], Reading],
    every: float = LOOK_SECONDS,
    keep: Callable[[Reading], None] = lambda _: None,
) -> Companion:
    """Looks `every` so many seconds, and at once on SIGHUP. `read` is called in a thread of its own, and
    `keep`, which may raise OSError, with every reading that is served."""

    @asynccontextmanager
    async def beside(parts: Parts) -> AsyncIterator[None]:
        reloader = Reloader(first, read, parts, keep)
        await reloader.look()
        asked = asyncio.Event()
        async with alongside(_look_forever(reloader, asked, every)):
            with _on_hangup(asked.set):
                yield

    return beside


async def _look_forever(reloader: Reloader, asked: asyncio.Event, every: float) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(asked.wait(), every)
        force = asked.is_set()
        asked.clear()
        await reloader.look(force=force)


@contextmanager
def _on_hangup(react: Callable[[], None]) -> Iterator[None]:
    """Call `react` on SIGHUP, unless it was to be ignored; end on it where the terminal has gone away."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        yield
        return
    loop = asyncio.get_running_loop()
    had_terminal = has_terminal()

    def hung_up() -> None:
        if had_terminal and not has_terminal():
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            react()

    loop.add_signal_handler(signal.SIGHUP, hung_up)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def has_terminal() -> bool:
    """Whether somebody may be looking; when it has gone away, SIGHUP means that."""
    return os.isatty(sys.stderr.fileno())


def changes(before: tuple[Source, ...], after: tuple[Source, ...]) -> tuple[str, ...]:
    """What an operator wants to read about two lists of sources; names of settings, never a key."""
    old, new = ({source.id: source for source in sources} for sources in (before, after))
    found = [f"added {name}" for name in new if name not in old]
    found += [f"removed {name}" for name in old if name not in new]
    found += [
        f"{name} changed ({', '.join(_changed_settings(old[name], new[name]))})"
        for name in new
        if name in old and old[name] != new[name]
    ]
    return tuple(found)


def _changed_settings(old: Source, new: Source) -> Iterator[str]:
    for name in new.__struct_fields__:
        if name == "write_keys":
            yield from _counted(set(new.write_keys) - set(old.write_keys), "added")
            yield from _counted(set(old.write_keys) - set(new.write_keys), "removed")
        elif getattr(old, name) != getattr(new, name):
            yield name


def _counted(keys: set[str], what: str) -> Iterator[str]:
    if keys:
        yield f"{len(keys)} write {'key' if len(keys) == 1 else 'keys'} {what}"


def needs_restart(old: Config, new: Config) -> tuple[str, ...]:
    """The settings in which two readings differ that a gateway takes up at its start.

    Raises ConfigError when one of the new ones is not valid.
    """
    found = []
    for section, struct in _AT_START.items():
        was, now = old.section(section, struct), new.section(section, struct)
        found += [
            f"{section}.{name}"
            for name in struct.__struct_fields__
            if name not in _FOLLOWED.get(section, ()) and getattr(was, name) != getattr(now, name)
        ]
    return tuple(found)


def _problem_of(e: Exception) -> ConfigProblem:
    if isinstance(e, ConfigError):
        where = e.where
        short = Place(Path(where.file.name), where.line) if isinstance(where, Place) else where
        return ConfigProblem(str(short), str(e))
    return ConfigProblem("", str(e))


def _files_of(e: Exception) -> frozenset[Path]:
    if isinstance(e, ConfigError) and isinstance(e.where, Place):
        return frozenset({e.where.file})
    return frozenset()
