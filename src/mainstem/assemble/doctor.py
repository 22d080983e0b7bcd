"""`mainstem doctor`: every check on this machine and on a project, with what each needs to know."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import psycopg

from mainstem.assemble.alerts import alert_settings, open_targets
from mainstem.assemble.collect import CollectOptions, plan_gateway
from mainstem.assemble.lake_desk import open_lake_desk
from mainstem.assemble.plan import plan_of
from mainstem.assemble.postgres import embedded_server, open_records, server_address
from mainstem.assemble.privacy import check_privacy, read_privacy
from mainstem.assemble.project import Project, open_project
from mainstem.assemble.publishing import open_publisher
from mainstem.assemble.quarantine import RULES_FOLDER, project_rules
from mainstem.assemble.query import lookml_folder
from mainstem.assemble.runs import open_runs
from mainstem.assemble.settings import REPEATED, SETTINGS
from mainstem.assemble.up import state_path
from mainstem.assemble.warehouse import open_warehouse
from mainstem.collect.settings import CollectSettings
from mainstem.config import Secret
from mainstem.errors import ConfigError
from mainstem.load.bookkeeping import last_commit, read_offsets
from mainstem.load.run import STREAM
from mainstem.log import open_reader
from mainstem.operate.doctor import Check, Finding, fail, ok, run_checks, skipped, warn
from mainstem.operate.doctor.alerts import check_alerts
from mainstem.operate.doctor.bucket import check_bucket
from mainstem.operate.doctor.clock import check_clock, file_system_ahead, installed_at
from mainstem.operate.doctor.dags import check_dags, check_runner
from mainstem.operate.doctor.dbt_project import check_dbt_project
from mainstem.operate.doctor.disk import check_disk
from mainstem.operate.doctor.event_log import check_event_log
from mainstem.operate.doctor.extensions import check_extensions
from mainstem.operate.doctor.folders import check_folders
from mainstem.operate.doctor.gateway import check_gateway
from mainstem.operate.doctor.keys import check_secrets, check_write_keys
from mainstem.operate.doctor.lake import check_lake
from mainstem.operate.doctor.loading import check_loading
from mainstem.operate.doctor.lookml import check_lookml
from mainstem.operate.doctor.pins import check_pins, installed, required
from mainstem.operate.doctor.ports import Listener, check_ports
from mainstem.operate.doctor.postgres import ask_server, check_server, check_startable
from mainstem.operate.doctor.privacy import check_profiles
from mainstem.operate.doctor.processes import check_processes
from mainstem.operate.doctor.python import check_python
from mainstem.operate.doctor.settings import check_settings
from mainstem.orchestrate.runner import RunnerSettings
from mainstem.store import PostgresSettings, find_programs
from mainstem.store.alerts import Outbox
from mainstem.store.databases import DATABASES
from mainstem.supervise import UpState, read_state, supervisor_runs
from mainstem.transform.settings import TransformSettings
from mainstem.warehouse.ducklake import Bucket, WarehouseSettings, extension_folder, write_and_read
from mainstem.web.orchestration.overview import dag_rows
from mainstem.web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.events import Source


def examine(folder: Path) -> list[Finding]:
    """Every finding about this machine and the project in `folder`. Changes nothing, but for an object of its
    own in the lake's bucket, where there is one."""
    machine = [
        Check("python", check_python),
        Check("packages", lambda: check_pins(required(), installed)),
        Check("extensions", check_extensions),
    ]
    try:
        project = open_project(folder)
    except ConfigError as e:
        mend = "mend it there; for a new project, `mainstem init DIR`; for another, --project DIR"
        return [
            *run_checks(machine),
            fail("settings", str(e), mend),
            skipped("project", "nothing of the project was looked at", "mend its settings first"),
        ]
    return run_checks([*machine, *_Project(project).checks()])


class _Project:
    """The checks of one project, and what they ask for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._config = project.config

    def checks(self) -> list[Check]:
        project = self._project
        sections = {
            name: partial(self._config.section, name, struct)
            for name, struct in SETTINGS.items()
            if name not in REPEATED
        }
        return [
            Check("settings", lambda: check_settings(sections)),
            Check("bucket", self._bucket),
            Check("keys", lambda: check_write_keys(project.sources)),
            Check("keys", lambda: check_secrets(self._references())),
            Check("privacy", self._privacy),
            Check("gateway", self._gateway),
            Check("quarantine rules", self._quarantine_rules),
            Check("folders", lambda: check_folders(project.data_dir)),
            Check("disk", lambda: check_disk(project.data_dir)),
            Check("clock", self._clock),
            Check("dbt project", lambda: check_dbt_project(*self._dbt_folder())),
            Check("lookml", self._lookml),
            Check("dags", lambda: check_dags(lambda: plan_of(project).manifest)),
            Check("processes", self._processes),
            Check("ports", lambda: check_ports(self._listeners(), self._running())),
            Check("postgres", self._postgres),
            Check("event log", lambda: check_event_log(project.data_dir)),
            Check("loader", self._loading),
            Check("lake", self._lake),
            Check("runner", self._runner),
            Check("alerts", self._alerts),
        ]

    def _references(self) -> dict[str, str]:
        """What stands for every setting that is a secret, in the file or the environment."""
        found = {}
        for section, struct in SETTINGS.items():
            for field in msgspec.structs.fields(struct):
                if not _is_secret(field):
                    continue
                variable = f"MAINSTEM_{section}_{field.encode_name}".upper()
                written = self._config.values.get(section, {})
                reference = self._config.environment.get(variable, written.get(field.encode_name))
                name = f"{section}.{field.encode_name}"
                several = reference.items() if isinstance(reference, dict) else ()
                for title, one in ((name, reference), *((f"{name}.{key}", each) for key, each in several)):
                    if isinstance(one, str):
                        found[title] = self._from_folder(one)
        return found | self._references_of_services()

    def _references_of_services(self) -> dict[str, str]:
        """The same of connectors and destinations, where a reference stands for one."""
        found = {}
        for section in ("connectors", "destinations"):
            for name, table in self._config.values.get(section, {}).items():
                for key, written in table.items() if isinstance(table, dict) else ():
                    if isinstance(written, str) and written.startswith(("env:", "file:")):
                        found[f"{section}.{name}.{key}"] = self._from_folder(written)
        return found

    def _from_folder(self, reference: str) -> str:
        scheme, _, rest = reference.partition(":")
        return f"file:{self._config.path(rest)}" if scheme == "file" else reference

    def _privacy(self) -> Iterator[Finding]:
        key = read_privacy(self._project).keys is not None
        yield from check_profiles(check_privacy(self._project), key)

    def _quarantine_rules(self) -> Iterator[Finding]:
        try:
            rules = project_rules(self._project)
        except ConfigError as e:
            yield fail("quarantine rules", str(e), "mend it there; `mainstem quarantine replay` needs it")
            return
        if rules:
            yield ok("quarantine rules", f"{len(rules)} in {self._project.folder / RULES_FOLDER}")

    def _gateway_sources(self) -> tuple[Source, ...]:
        return plan_gateway(CollectOptions(config=self._config.file), self._config.folder).sources

    def _gateway(self) -> Iterator[Finding]:
        if "sources" in self._config.values:
            yield from check_gateway(self._gateway_sources)
        else:
            yield skipped("gateway", "there are no [[sources]]: `mainstem up` starts none")

    def _lookml(self) -> Iterator[Finding]:
        folder = lookml_folder(self._project)
        if folder.is_dir() or "project_dir" in self._config.values.get("semantics", {}):
            yield from check_lookml(folder)
        else:
            yield skipped("lookml", f"there is no {folder}: no page shows numbers")

    def _dbt_folder(self) -> tuple[Path, bool]:
        """And whether somebody named it."""
        folder = self._config.section("transform", TransformSettings).project_dir
        return self._config.path(folder), folder != TransformSettings().project_dir or "project_dir" in (
            self._config.values.get("transform", {})
        )

    def _listeners(self) -> list[Listener]:
        collect = self._config.section("collect", CollectSettings)
        web = self._config.section("web", WebSettings)
        return [
            Listener("collect", "collect.port", collect.host, collect.port),
            Listener("web", "web.port", web.host, web.port),
        ]

    def _state(self) -> UpState | None:
        return read_state(state_path(self._project))

    def _running(self) -> UpState | None:
        try:
            state = self._state()
        except ValueError:  # told by the check of the processes
            return None
        return state if state is not None and supervisor_runs(state) else None

    def _processes(self) -> Iterator[Finding]:
        path = state_path(self._project)
        try:
            state = self._state()
        except ValueError as e:
            yield warn("processes", str(e), "run `mainstem up`: it writes it anew")
            return
        yield from check_processes(state, path)

    def _clock(self) -> Iterator[Finding]:
        ahead = {"the file system": file_system_ahead(self._project.data_dir)}
        if self._has_server():
            with suppress(psycopg.OperationalError):  # told by the check of Postgres
                ahead["Postgres"] = ask_server(server_address(self._project)).ahead
        yield from check_clock(time.time(), installed_at(), ahead)

    def _has_server(self) -> bool:
        """Whether a server should answer now: one of somebody's, or ours that runs."""
        if self._config.section("postgres", PostgresSettings).url is not None:
            return True
        if not self._is_made():
            return False
        server = embedded_server(self._project)
        return server is not None and server.running_pid() is not None

    def _is_made(self) -> bool:
        """Whether there is an embedded server's data; asking `embedded_server` would make it."""
        return self._running() is not None or (self._project.data_dir / "postgres" / "PG_VERSION").exists()

    def _postgres(self) -> Iterator[Finding]:
        settings = self._config.section("postgres", PostgresSettings)
        if self._has_server():
            address = server_address(self._project)
            where = f"{address.host}:{address.port}" if settings.url else str(address.host)
            mend = "check postgres.url" if settings.url else "see the log of the process postgres"
            yield from check_server(lambda: ask_server(address), tuple(DATABASES), where, mend)
        else:
            if is_made := self._is_made():
                embedded_server(self._project)  # raises where its data is of another version
            yield from check_startable(lambda: find_programs(settings.programs).origin, is_made)

    def _loading(self) -> Iterator[Finding]:
        log = open_reader(self._project.data_dir, "events")
        ends = {name: log.end(name) for name in log.partitions()}
        if not ends:
            yield skipped("loader", "no event has been accepted yet")
            return
        if not self._has_server():
            yield skipped("loader", "the lake cannot be asked while Postgres does not run")
            return
        with closing(open_warehouse(self._project, read_only=True)) as warehouse:
            committed = last_commit(warehouse)
            offsets = read_offsets(warehouse, STREAM) if committed else {}
        starts = {name: log.start(name) for name in ends}
        yield from check_loading(ends, starts, offsets, _aware(committed), datetime.now(UTC))

    def _bucket(self) -> Iterator[Finding]:
        settings = self._config.section("warehouse", WarehouseSettings)
        path = f"{(settings.data_path or '').rstrip('/')}/"
        bucket = Bucket.of(settings, path)
        if bucket is not None:
            extensions = extension_folder(self._project.data_dir / "extensions")
            yield from check_bucket(path, lambda: write_and_read(bucket, extensions))

    def _lake(self) -> Iterator[Finding]:
        if not self._has_server():
            yield skipped("lake", "the lake cannot be asked while Postgres does not run")
            return
        with (
            open_records(self._project, "doctor") as records,
            open_publisher(self._project, "doctor") as publisher,
            open_lake_desk(self._project, records, publisher) as desk,
        ):
            yield from check_lake(desk.standing(), desk.settings, datetime.now(UTC))

    def _runner(self) -> Iterator[Finding]:
        if not self._config.section("runner", RunnerSettings).enabled or self._running() is None:
            return
        with open_runs(self._project.config.file, "doctor") as desk:
            reading = desk.reading
            runners = reading.runners()
            rows = dag_rows(reading.dags(), reading.recent_runs(5), runners, desk.now())
        yield from check_runner(
            {one.name: (one.heartbeat, one.is_alive) for one in runners},
            {row.dag_id: row.problem for row in rows if row.standing == "overdue"},
        )

    def _alerts(self) -> Iterator[Finding]:
        settings = alert_settings(self._project)
        _, broken = open_targets(self._project, settings)
        targets = {name: broken.get(name, "") for name in settings.targets}
        if not self._has_server():
            yield from check_alerts(targets, {}, None, False, datetime.now(UTC))
            return
        with open_records(self._project, "doctor") as records:
            outbox = Outbox(records)
            untold, looked_at = outbox.untold(), outbox.looked_at()
        is_up = self._running() is not None
        yield from check_alerts(targets, untold, looked_at, is_up, datetime.now(UTC))


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _is_secret(field: msgspec.structs.FieldInfo) -> bool:
    return Secret in getattr(field.type, "__args__", (field.type,))
