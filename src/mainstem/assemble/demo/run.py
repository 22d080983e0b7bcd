"""Run the demo: send, wait until all is loaded, build, compare the counts, serve.

After that it stays a living stack: events that anybody sends are loaded at once, and the models are built
again when there are new ones.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.assemble.accounts import login_link, open_accounts, own_token
from mainstem.assemble.demo.activation import activate
from mainstem.assemble.demo.company import Company, Planned, demo_company
from mainstem.assemble.demo.counting import (
    accepted_messages,
    loaded_messages,
    loaded_to,
    log_end,
    quarantined_messages,
)
from mainstem.assemble.demo.pages import tile_problems
from mainstem.assemble.demo.project import BLOCKED_PATH, WRITE_KEYS, demo_project
from mainstem.assemble.demo.services import SYSTEMS_BY_CONNECTOR, DemoServices
from mainstem.assemble.demo.summary import Summary
from mainstem.assemble.simulate import PlayOptions, play_company
from mainstem.assemble.up import running
from mainstem.assemble.warehouse import open_warehouse
from mainstem.errors import EnvironmentFailure, MainstemError, WarehouseBusy
from mainstem.transform import Finished, NodeDone, socket_path
from mainstem.transform.client import build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.assemble.up import Addresses
    from mainstem.simulate.play import Sent
    from mainstem.simulate.world import Day
    from mainstem.supervise import Supervisor
    from mainstem.transform import Event
    from mainstem.warehouse import Warehouse

_TOLD_EVERY = 10_000
_LOOK_SECONDS = 0.2
_REBUILD_SECONDS = 2.0
_LOADED_SECONDS = 600.0


class DemoDiffers(MainstemError):
    """The demo's counts do not agree; one line for each difference."""

    def __init__(self, differences: list[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            "the demo's numbers do not agree:\n" + "\n".join(f"  {line}" for line in differences)
        )


@dataclass(frozen=True)
class DemoOptions:
    """What the command line says."""

    folder: Path
    once: bool
    port: int
    gateway_port: int
    seed: int
    months: int
    size: int


def run_demo(options: DemoOptions, say: Callable[[str], None]) -> None:
    """Run it. With `once`, returns after the summary; otherwise serves until SIGINT or SIGTERM.

    Raises DemoDiffers when any number disagrees with another, and what any stage raises.
    """
    began = time.monotonic()
    project = demo_project(options.folder, options.months)
    company = demo_company(project, options.seed, options.months, options.size)
    ports = {
        "MAINSTEM_WEB_PORT": str(options.port),
        "MAINSTEM_COLLECT_PORT": str(options.gateway_port),
    }
    with running(project, say, ports) as (supervisor, addresses):
        demo = _Demo(project, company, supervisor, addresses, say)
        try:
            summary = demo.walk(began)
            for line in summary.lines():
                say(line)
            if differences := summary.inequalities():
                raise DemoDiffers(differences)
            if not options.once:
                demo.serve()
        finally:
            demo.close()


class _Demo:
    """One run, between the start of the processes and their end."""

    def __init__(
        self,
        project: Project,
        company: Company,
        supervisor: Supervisor,
        addresses: Addresses,
        say: Callable[[str], None],
    ) -> None:
        self._project = project
        self._company = company
        self._supervisor = supervisor
        self._addresses = addresses
        self._say = say
        self._warehouse: Warehouse = open_warehouse(project, read_only=True)
        self._services = DemoServices(project, company.seed, company.playing.first_day)

    def walk(self, began: float) -> Summary:
        """From the first event to the pages; counts at every stage."""
        plan = Planned()
        self._services.pause(is_paused=True)  # an earlier run let them go on
        calls = self._play(plan)
        synced = self._sync()
        self._wait_loaded()
        built = self._build()
        activated, unwritten = self._activate() if built.published else (0, "")
        accepted = accepted_messages(self._project.data_dir)
        loaded = loaded_messages(self._warehouse, self._project.sources())
        held = quarantined_messages(self._warehouse)
        return Summary(
            calls=calls,
            synced=synced,
            activated=activated,
            unwritten=unwritten,
            planned=plan.messages,
            is_played_whole=plan.through == self._company.last_day,
            accepted_events=accepted.events,
            accepted=accepted.messages,
            loaded_rows=loaded.events,
            loaded=loaded.messages,
            quarantined_events=held.events,
            quarantined=held.messages,
            models=built.models,
            tests=built.tests,
            failures=built.failures,
            build=built.build,
            is_published=built.published,
            consequence=built.consequence,
            tiles=self._tiles(),
            seconds=time.monotonic() - began,
        )

    def serve(self) -> None:
        """Keep going until told to stop, building again when new events have been loaded."""
        self._say("")
        self._say(f"Dashboards   {self._addresses.web}/")
        with open_accounts(self._project, "demo") as accounts:
            link = login_link(accounts)
        self._say(f"Log in       {self._addresses.web}{link}   good once, for a day")
        self._say(f"Data plane   {self._addresses.gateway}   write key {WRITE_KEYS['website']}")
        self._say("Events you send appear after the next build, within a minute or so. Ctrl-C ends it all.")
        self._services.pause(is_paused=False)
        data_dir = self._project.data_dir
        built_with = log_end(data_dir)
        while not self._supervisor.stopping:
            end = log_end(data_dir)  # fixed here: with events coming all the time, no moment has all loaded
            self._supervisor.watch(_REBUILD_SECONDS)
            try:
                if end == built_with or not loaded_to(data_dir, self._warehouse, end):
                    continue
                built = build(socket_path(data_dir), (), self._unless_stopping, asked_by="demo")
            except KeyboardInterrupt:
                return
            except MainstemError as e:  # a process died and is being started again
                self._say(f"not built again yet: {e}")
                continue
            built_with = end
            self._say(f"new events have come: {built.models} models built again, {built.consequence}")
            for failure in built.failures:
                self._say(f"dbt: {failure}")

    def _tiles(self) -> Mapping[str, str | None]:
        with (
            open_accounts(self._project, "demo") as accounts,
            own_token(accounts, "check of the demo") as token,
        ):
            return tile_problems(self._addresses.web, token)

    def close(self) -> None:
        self._services.__exit__()
        self._warehouse.close()

    def _play(self, plan: Planned) -> int:
        """Play the company's days from where an earlier run stopped; how many events were sent now.

        The company is made once, so `plan` is whole only afterwards.
        """
        told = 0

        def progress(day: Day, sent: Sent) -> None:
            nonlocal told
            if sent.events >= told:
                self._say(f"sending     {day.day} of {company.last_day}: {sent.events:,} events")
                told = sent.events + _TOLD_EVERY
            self._unless_stopping(day)

        company, project = self._company, self._project
        options = PlayOptions(
            data_plane=self._addresses.gateway,
            write_keys=WRITE_KEYS,
            state_file=project.data_dir / "played.json",
            company=company.playing,
            months=company.months,
            blocked_path=BLOCKED_PATH,
            last_day=company.last_day,
            without=SYSTEMS_BY_CONNECTOR,
        )

        def made(day: Day) -> None:
            plan.note(day)
            self._services.take(day)

        return play_company(options, project, progress, made=made).sent.events

    def _sync(self) -> dict[str, int]:
        """Rows that each connector brought, of services that this process serves."""
        self._say(f"syncing     simulated services at {self._services.serve()}")
        synced = self._services.sync(self._unless_stopping)
        return {one.connector: sum(stream.rows for stream in one.streams) for one in synced}

    def _activate(self) -> tuple[int, str]:
        self._say("activating  what was learned of accounts")
        return activate(self._project)

    def _wait_loaded(self) -> None:
        self._say("loading")
        data_dir = self._project.data_dir
        end, until = log_end(data_dir), time.monotonic() + _LOADED_SECONDS
        while not self._loaded_to(end):
            if time.monotonic() > until:
                log = data_dir / "logs" / "load.log"
                raise EnvironmentFailure(
                    f"not loaded within {_LOADED_SECONDS:g} s; the loader's log is {log}"
                )
            self._supervisor.watch(_LOOK_SECONDS)
            if self._supervisor.stopping:
                raise KeyboardInterrupt

    def _loaded_to(self, end: Mapping[str, int]) -> bool:
        try:
            return loaded_to(self._project.data_dir, self._warehouse, end)
        except WarehouseBusy:  # Postgres is being started again
            return False

    def _unless_stopping(self, _event: object) -> None:
        """Raises KeyboardInterrupt once told to stop; the worker breaks off a build that nobody waits for."""
        if self._supervisor.stopping:
            raise KeyboardInterrupt

    def _build(self) -> Finished:
        self._say("building    dbt models and tests")

        def on_event(event: Event) -> None:
            self._unless_stopping(event)
            if isinstance(event, NodeDone) and event.kind == "model":
                self._say(f"            {event.node} {event.status} ({event.seconds:.2f} s)")

        return build(socket_path(self._project.data_dir), (), on_event, asked_by="demo")
