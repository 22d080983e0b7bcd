"""`mainstem alerts`: who watches the runs of a project, and tells people."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.assemble.known_reviews import KnownReviews
from mainstem.assemble.logs import log_process
from mainstem.assemble.postgres import open_records
from mainstem.assemble.project import open_project
from mainstem.assemble.runs_folder import runs_folder
from mainstem.config import Secret, redact
from mainstem.connectors.settings import read_connectors
from mainstem.errors import ConfigError, MessageNotSent, UsageError
from mainstem.manifest.durations import VALID, seconds_of
from mainstem.notify import DeadMan, Message, open_target, read_address
from mainstem.orchestrate.alerts import AlertSettings, ExpectedSync, Lookout, Pointers, Watcher, log_tail
from mainstem.orchestrate.runner.settings import RunnerSettings
from mainstem.store.activations import PlanSightings
from mainstem.store.alerts import Delivery, Outbox, Sightings
from mainstem.store.connectors import SyncSightings
from mainstem.store.runs import RunRecords
from mainstem.supervise import notify_ready, on_signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.manifest import SecretRef
    from mainstem.notify import Messenger
    from mainstem.orchestrate.alerts import Sight
    from mainstem.store import Database
    from mainstem.store.alerts import EndedTry
    from mainstem.store.runs import Alert

logger = logging.getLogger("mainstem.alerts")

WEB_HOST, WEB_PORT = "127.0.0.1", 8000
PLAN_EVERY = timedelta(minutes=5)
_PLAN_SECONDS = 120


@dataclass(frozen=True)
class Told:
    """An alert, and what came of telling it, place by place."""

    alert: Alert
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True)
class Tested:
    target: str
    problem: str
    """Empty: it was taken."""


def run_alerts(folder: Path) -> None:
    """Watch the project in `folder` until SIGTERM or SIGINT. Raises ConfigError for settings that are not
    valid; a place whose address is not there is told of at the others."""
    project = open_project(folder)
    log_process(project.config, "alerts")
    settings = alert_settings(project)
    messengers, broken = open_targets(project, settings)
    for problem in broken.values():
        logger.error("%s", problem)
    stop = threading.Event()
    with (
        open_records(project, "alerts") as database,
        on_signals((signal.SIGTERM, signal.SIGINT), stop.set),
    ):
        Outbox(database).watching_since(datetime.now(UTC))  # the first look takes its time
        notify_ready(f"watching; {len(messengers)} places to tell")
        watcher(project, database, settings, messengers, broken).run_forever(stop)


def watcher(
    project: Project,
    database: Database,
    settings: AlertSettings,
    messengers: Mapping[str, Messenger],
    broken: Mapping[str, str],
) -> Watcher:
    outbox = Outbox(database)
    expects_runner = project.config.section("runner", RunnerSettings).enabled
    lookout = Lookout(
        RunRecords(database),
        Sightings(database),
        outbox,
        settings,
        broken,
        expects_runner=expects_runner,
        syncs=SyncSightings(database),
        connectors=expected_syncs(project),
        plans=PlanSightings(database),
        reviews=KnownReviews(project.folder).at,
    )
    plan = PlanCheck(project.config.file)
    known = KnownSecrets(_secrets_folder(project))

    def look(now: datetime) -> Sight:
        sight = lookout.look(now, plan.problem(now))
        known.learn(
            ref for one in sight.dags.values() for task in one.dag.tasks for ref in task.secret_env.values()
        )
        return sight

    dead_man = _dead_man(project, settings)
    return Watcher(
        look,
        outbox,
        messengers,
        settings,
        pointers(project, settings),
        after_look=lambda now: None if dead_man is None else dead_man.call(now),
    )


def expected_syncs(project: Project) -> tuple[ExpectedSync, ...]:
    """What settings say of connectors. Raises ConfigError as `read_connectors`."""
    return tuple(
        ExpectedSync(
            name,
            f"sync_{name}",
            timedelta(hours=written.fresh_within) if written.fresh_within else None,
            written.streams,
            written.without,
            written.least_rows,
            written.most_rows,
            written.unusual_rows,
        )
        for name, written in read_connectors(project.config, secrets=False).items()
    )


def alert_settings(project: Project) -> AlertSettings:
    """Raises ConfigError also for what only makes no sense together: a route to no place, an age that is no
    duration."""
    settings = project.config.section("alerts", AlertSettings)
    for number, route in enumerate(settings.routes):
        for target in route.targets:
            if target not in settings.targets:
                raise ConfigError(
                    project.config.place("alerts", "routes"),
                    f"route {number + 1} tells {target!r}, which is none of the targets",
                    ", ".join(sorted(settings.targets)) or "none is set in [alerts.targets]",
                )
    for asset, age in settings.assets.items():
        if seconds_of(age) is None:
            where = project.config.place("alerts", "assets")
            raise ConfigError(where, f"{asset} may be {age!r} old, which is no duration", VALID)
    return settings


def open_targets(project: Project, settings: AlertSettings) -> tuple[dict[str, Messenger], dict[str, str]]:
    """Places that can be told, and why the others cannot, each by its name."""
    messengers: dict[str, Messenger] = {}
    broken: dict[str, str] = {}
    where = project.config.place("alerts", "targets")
    for name, reference in settings.targets.items():
        try:
            messengers[name] = open_target(name, reference, where, project.folder)
        except ConfigError as e:
            broken[name] = str(e)
    return messengers, broken


def pointers(project: Project, settings: AlertSettings) -> Pointers:
    """Where people find more of this project."""
    runs = runs_folder(project)
    link = settings.link or web_address(project)

    def tail(one: EndedTry) -> Sequence[str]:
        return log_tail(runs / one.log, settings.log_lines)

    return Pointers(link.rstrip("/"), tail)


def web_address(project: Project) -> str:
    """Where `[web]` serves on this machine. Its Struct is not asked: importing `mainstem.web` takes 50 MB."""
    written = project.config.values.get("web", {})
    environment = project.config.environment
    host = environment.get("MAINSTEM_WEB_HOST", written.get("host", WEB_HOST))
    return f"http://{host}:{environment.get('MAINSTEM_WEB_PORT', written.get('port', WEB_PORT))}"


def _dead_man(project: Project, settings: AlertSettings) -> DeadMan | None:
    if not settings.dead_man:
        return None
    where = project.config.place("alerts", "dead_man")
    url = read_address("dead_man", settings.dead_man, where, project.folder)
    return DeadMan(url, timedelta(seconds=settings.dead_man_every_s))


def _secrets_folder(project: Project) -> Path | None:
    written = project.config.section("runner", RunnerSettings).secrets_dir
    return None if written is None else project.config.path(written)


@dataclass
class KnownSecrets:
    """Values of tasks' secrets, so that they are struck out of what is told."""

    folder: Path | None
    _learnt: set[SecretRef] = field(default_factory=set)

    def learn(self, refs: Iterator[SecretRef]) -> None:
        """Those that cannot be read here cannot be struck here either: the log they could stand in was struck
        by who ran the task."""
        for ref in set(refs) - self._learnt:
            self._learnt.add(ref)
            if ref.variable in os.environ:
                Secret(os.environ[ref.variable])
            file = None if self.folder is None else self.folder / ref.name / ref.key
            if file is not None and file.is_file():
                Secret(file.read_text(encoding="utf-8", errors="replace").removesuffix("\n"))


@dataclass
class PlanCheck:
    """Whether the manifest can be read, asked of a process of its own now and then: reading it takes 40 MB
    that would stay."""

    file: Path
    _problem: str = ""
    _asked_at: datetime | None = None

    def problem(self, now: datetime) -> str:
        """Empty: it can be read."""
        if self._asked_at is None or now - self._asked_at >= PLAN_EVERY:
            self._asked_at = now
            self._problem = self._ask()
        return self._problem

    def _ask(self) -> str:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "mainstem", "plan", "--project", str(self.file.parent), "--json"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=_PLAN_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"mainstem plan took longer than {_PLAN_SECONDS} s"
        if done.returncode == 0:
            return ""
        return (
            redact(done.stderr.decode(errors="replace").strip())
            or f"mainstem plan ended with {done.returncode}"
        )


def test_targets(folder: Path, names: Sequence[str]) -> list[Tested]:
    """Send a message to each of `names`, or to every place. Raises UsageError for one that is not set."""
    project = open_project(folder)
    settings = alert_settings(project)
    if not settings.targets:
        raise UsageError("no place is set in [alerts.targets]: docs/alerts.md says how")
    if unknown := sorted(set(names) - set(settings.targets)):
        raise UsageError(f"no target {', '.join(unknown)} (there are {', '.join(sorted(settings.targets))})")
    messengers, broken = open_targets(project, settings)
    wanted = names or list(settings.targets)
    name = project.settings.name
    body = f"Alerts of {name} reach you here.\n{pointers(project, settings).link}"
    message = Message(f"{name}: a test", body)
    return [Tested(one, broken[one] if one in broken else _sent(messengers[one], message)) for one in wanted]


def _sent(messenger: Messenger, message: Message) -> str:
    try:
        messenger.send(message)
    except MessageNotSent as e:
        return str(e)
    return ""


def list_alerts(folder: Path, limit: int) -> list[Told]:
    """The newest first. Raises TransientError when Postgres is away."""
    with _outbox(open_project(folder)) as (records, outbox):
        alerts = records.alerts(limit)
        deliveries = outbox.deliveries([alert.key for alert in alerts])
    return [Told(alert, tuple(one for one in deliveries if one.key == alert.key)) for alert in alerts]


@contextmanager
def _outbox(project: Project) -> Iterator[tuple[RunRecords, Outbox]]:
    with open_records(project, "alerts-list") as database:
        yield RunRecords(database), Outbox(database)


def line_of(told: Told) -> str:
    """When, what, and who was told."""
    places = ", ".join(_place(one) for one in told.deliveries) or "nobody is told"
    return (
        f"{told.alert.at.astimezone(UTC):%Y-%m-%d %H:%M} {told.alert.kind:<9} {told.alert.title}  [{places}]"
    )


def _place(one: Delivery) -> str:
    if one.sent_at is not None:
        return f"{one.target}: told"
    if one.given_up_at is not None:
        return f"{one.target}: given up: {one.problem}"
    return (
        f"{one.target}: waits"
        if not one.attempts
        else f"{one.target}: tried {one.attempts} times: {one.problem}"
    )
