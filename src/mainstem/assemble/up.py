"""All processes of a project, started in order, kept running, stopped in reverse.

The gateway is first and last: it needs nothing but its disk, and senders wait for it alone. What cannot
start is started again until it can, and keeps nothing from running that does not need it. What has nothing
to do, because the project has no sources or no dbt project yet, is started once it has.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sys
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from mainstem.assemble.accounts import first_admin_link, open_accounts
from mainstem.assemble.forwarding import shadow_urls
from mainstem.assemble.last_good import keep_last_good, last_good
from mainstem.assemble.logs import Terminal, logs_folder, supervisor_logs
from mainstem.assemble.postgres import embedded_server, end_left_over, postgres_child, prepare_databases
from mainstem.assemble.privacy import read_privacy
from mainstem.assemble.project import Project, open_project
from mainstem.assemble.settings import check_settings, without_secrets
from mainstem.assemble.warehouse import open_warehouse
from mainstem.assemble.watch import FileWatch
from mainstem.assemble.workers import gateway_children, held_ports
from mainstem.collect.settings import CollectSettings
from mainstem.errors import EnvironmentFailure, MainstemError, TransientError, UsageError
from mainstem.operate.ports import problem_of
from mainstem.orchestrate.runner.settings import RunnerSettings
from mainstem.supervise import (
    ChildSpec,
    LoggingSettings,
    Supervisor,
    end_leftovers,
    on_signals,
    read_state,
)
from mainstem.transform.settings import TransformSettings
from mainstem.web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path


logger = logging.getLogger("mainstem.supervise")

_LEFT_OVER_SECONDS = 60.0
_RETRY_SECONDS = 2.0
_LOOK_SECONDS = 2.0
_STOP_MARGIN = 15.0
"""Seconds beyond its tries' grace that the runner has to end them and write that down."""
_MAY_PASS = (EnvironmentFailure, TransientError)
"""What a step may end with because something it needs is being started again."""
_STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Addresses:
    """Where the running project is reached."""

    gateway: str
    """Data plane URL for SDKs."""
    web: str


@dataclass(frozen=True)
class UpOptions:
    """What the command line says."""

    folder: Path
    flags: Mapping[str, str] = field(default_factory=dict)
    """Settings that win over the environment, named as its variables: `MAINSTEM_WEB_PORT`."""
    verbose: bool = False


def state_path(project: Project) -> Path:
    """The file that says what runs, while `mainstem up` or `demo` does."""
    return project.data_dir / "up.json"


def run_up(options: UpOptions, say: Callable[[str], None]) -> None:
    """Run the project until SIGINT, SIGTERM or SIGHUP.

    Raises ConfigError for the first setting that is not valid, where the project has never run; UsageError
    when it runs already or a port is taken; after that, what goes wrong with one process is told, and the
    others go on. With settings that checked at an earlier start and do not check now, the gateway
    starts, and whatever cannot read them waits until they are mended.
    """
    project, problem = _opened(options)
    collect = project.config.section("collect", CollectSettings)
    with (
        _supervised(project, Terminal(say, options.verbose)) as supervisor,
        held_ports(collect) as ports,
    ):
        if problem is None:
            _keep(project)
        else:
            logger.error("%s", problem)
        for lacking in without_secrets(project):
            logger.warning("%s; what needs it fails until it is there, all else runs", lacking)
        environment = {**options.flags, **ports}
        _start_patiently(project, supervisor, environment)
        if not supervisor.stopping:
            say(f"{project.settings.name} runs; Ctrl-C stops it. Logs: {logs_folder(project)}")
            _do_patiently(
                _Step("login", lambda: _say_how_to_get_in(project, supervisor, say), True), supervisor
            )
        awaited = _awaited(project, supervisor, options.flags, environment)
        while not supervisor.stopping:
            supervisor.watch(_LOOK_SECONDS)
            for one in awaited:
                one.look()


class Awaited:
    """Calls `start` with the project, once `has_work` holds of it; never where it did at first."""

    def __init__(
        self,
        project: Project,
        flags: Mapping[str, str],
        has_work: Callable[[Project], bool],
        start: Callable[[Project], None],
    ) -> None:
        self._project = project
        self._flags = flags
        self._has_work = has_work
        self._start = start
        self._watch = FileWatch()
        self._is_started = has_work(project)

    def look(self) -> None:
        """Ask again if a file it depends on has changed. What does not check in it, others tell."""
        file = self._project.config.file
        if self._is_started or not self._watch.changed([file, dbt_project_file(self._project)]):
            return
        with suppress(MainstemError):
            self._project = open_project(file, self._flags)
            if self._has_work(self._project):
                self._is_started = True
                self._start(self._project)


def is_shadowed(project: Project) -> bool:
    return bool(shadow_urls(project.sources()))


def has_sources(project: Project) -> bool:
    return bool(project.sources())


def has_models(project: Project) -> bool:
    return dbt_project_file(project).is_file()


def dbt_project_file(project: Project) -> Path:
    """Where it would be."""
    folder = project.config.section("transform", TransformSettings).project_dir
    return project.config.path(folder) / "dbt_project.yml"


def _awaited(
    project: Project, supervisor: Supervisor, flags: Mapping[str, str], environment: Mapping[str, str]
) -> list[Awaited]:
    def awaiting(has_work: Callable[[Project], bool], steps: Callable[[Project], Iterable[_Step]]) -> Awaited:
        def start(changed: Project) -> None:
            for step in steps(changed):
                _do_patiently(step, supervisor)

        return Awaited(project, flags, has_work, start)

    return [
        awaiting(has_sources, lambda now: _gateway_steps(now, supervisor, environment)),
        awaiting(is_shadowed, lambda now: [_forwarding_step(now, supervisor, environment)]),
        awaiting(has_models, lambda now: [_transform_step(now, supervisor, environment)]),
    ]


def _opened(options: UpOptions) -> tuple[Project, str | None]:
    """The project, and where it is one that checked before, why."""
    try:
        project = open_project(options.folder, options.flags)
        check_settings(project)
    except MainstemError as e:
        kept = last_good(options.folder, "up", {**os.environ, **options.flags})
        if kept is None:
            raise
        try:
            check_settings(kept.project)
        except MainstemError:
            raise e from None
        return kept.project, f"starting with the settings as they checked since {kept.at}, for: {e}"
    return project, None


def _keep(project: Project) -> None:
    """To start from it while what is written does not check."""
    try:
        keep_last_good(project.data_dir, "up", project.config, read_privacy(project).lists)
    except OSError as e:
        logger.warning("the settings could not be kept, to start from them again: %s", e)


@contextmanager
def running(
    project: Project, say: Callable[[str], None], environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Supervisor, Addresses]]:
    """Every process of `project`, up and ready; stopped when the block ends, however it ends.

    `environment` is added to each process's own, so it can override settings. SIGINT and SIGTERM wake
    `Supervisor.watch` and make `stopping` true. Raises as `run_up`, and EnvironmentFailure with its last
    words for a process that does not become ready.
    """
    flags = dict(environment or {})
    project = open_project(project.config.file, flags)
    collect = project.config.section("collect", CollectSettings)
    with _supervised(project, Terminal(say, verbose=False)) as supervisor, held_ports(collect) as ports:
        status = {step.name: step.run() for step in _steps(project, supervisor, {**flags, **ports})}
        gateway = next(said for name, said in status.items() if name.startswith("collect"))
        yield supervisor, Addresses(gateway=gateway, web=status["web"])


@contextmanager
def _supervised(project: Project, terminal: Terminal) -> Iterator[Supervisor]:
    """A supervisor that has the project to itself, before anything is started."""
    check_settings(project)
    settings = project.config.section("logging", LoggingSettings)
    with only_one(project), supervisor_logs(project, terminal), ExitStack() as stack:
        _end_left_overs(project)
        _check_ports(project)
        supervisor = stack.enter_context(
            Supervisor(
                logs_folder(project),
                settings=settings,
                state_file=state_path(project),
                tell=terminal.show,
            )
        )
        stack.enter_context(on_signals(_stop_signals(), supervisor.wake))
        yield supervisor


def _say_how_to_get_in(project: Project, supervisor: Supervisor, say: Callable[[str], None]) -> str:
    """Where nobody can log in yet, print the link that lets the first administrator."""
    with open_accounts(project, "up") as accounts:
        path = first_admin_link(accounts)
    if path is not None:
        status = {process.name: process.status for process in supervisor.state().processes}
        web = project.config.section("web", WebSettings)
        say("Nobody can log in yet. This link lets the first administrator set a password, once, for a day:")
        say(f"  {status['web'] or f'http://{web.host}:{web.port}'}{path}")
    return ""


@dataclass(frozen=True)
class _Step:
    """One thing to do on the way up, and what must be there before the next can be done."""

    name: str
    run: Callable[[], str]
    is_needed: bool
    """The steps after it cannot be done without it."""


def _start_step(
    supervisor: Supervisor,
    environment: Mapping[str, str],
    name: str,
    *arguments: str,
    stop_within: float = ChildSpec.stop_within,
) -> _Step:
    command = (sys.executable, "-m", "mainstem", *arguments)
    spec = ChildSpec(
        name, command, {**environment, "MAINSTEM_LOGGING_FORMAT": "json"}, stop_within=stop_within
    )
    return _Step(name, lambda: supervisor.start(spec), is_needed=False)


def _forwarding_step(project: Project, supervisor: Supervisor, environment: Mapping[str, str]) -> _Step:
    return _start_step(supervisor, environment, "shadow", "shadow", "run", "--project", str(project.folder))


def _transform_step(project: Project, supervisor: Supervisor, environment: Mapping[str, str]) -> _Step:
    return _start_step(supervisor, environment, "transform", "transform", "--project", str(project.folder))


def _gateway_steps(
    project: Project, supervisor: Supervisor, environment: Mapping[str, str]
) -> Iterator[_Step]:
    collect = project.config.section("collect", CollectSettings)
    for child in gateway_children(collect, ("--config", str(project.config.file)), environment):
        yield _Step(child.name, partial(supervisor.start, child), is_needed=False)


def _steps(project: Project, supervisor: Supervisor, environment: dict[str, str]) -> Iterator[_Step]:
    start = partial(_start_step, supervisor, environment)
    folder = str(project.folder)
    if has_sources(project):
        yield from _gateway_steps(project, supervisor, environment)
    else:
        _say_what_is_awaited("collect", f"{project.config.file} has no [[sources]] yet")
    if is_shadowed(project):
        yield _forwarding_step(project, supervisor, environment)
    yield _Step("postgres", lambda: _start_postgres(project, supervisor), is_needed=True)
    yield _Step("warehouse", lambda: _prepare_warehouse(project), is_needed=True)
    yield start("load", "load", "--project", folder)
    if has_models(project):
        yield _transform_step(project, supervisor, environment)
    else:
        _say_what_is_awaited("transform", f"there is no {dbt_project_file(project)} yet")
    runner = project.config.section("runner", RunnerSettings)
    if runner.enabled:
        within = runner.stop_grace + _STOP_MARGIN
        yield start("runner", "runner", "--project", folder, stop_within=within)
    yield start("upkeep", "upkeep", "--project", folder)
    yield start("alerts", "alerts", "watch", "--project", folder)
    yield start("web", "web", "--project", folder)


def _say_what_is_awaited(name: str, why: str) -> None:
    logger.info("not started, and will be once it has something to do: %s", why, extra={"about": name})


def _start_postgres(project: Project, supervisor: Supervisor) -> str:
    server = embedded_server(project)
    return "" if server is None else supervisor.start(postgres_child(server))


def _prepare_warehouse(project: Project) -> str:
    """Make the databases and the lake's catalog before two others try to."""
    prepare_databases(project)
    open_warehouse(project, read_only=False).close()
    return ""


def _start_patiently(project: Project, supervisor: Supervisor, environment: dict[str, str]) -> None:
    """Take every step; one that fails is told, and waited for where the next ones need it."""
    for step in _steps(project, supervisor, environment):
        _do_patiently(step, supervisor)
        if supervisor.stopping:
            return


def _do_patiently(step: _Step, supervisor: Supervisor) -> None:
    with suppress(KeyboardInterrupt):
        try:
            step.run()
        except _MAY_PASS as e:
            logger.error("%s", e, extra={"about": step.name})
            if step.is_needed:
                _wait_for(step, supervisor)


def _wait_for(step: _Step, supervisor: Supervisor) -> None:
    """Until the step is done: a process that was started is looked after, anything else is tried again."""
    while not supervisor.stopping:
        supervisor.watch(_RETRY_SECONDS)
        phases = {process.name: process.phase for process in supervisor.state().processes}
        if step.name in phases:
            if phases[step.name] == "ready":
                return
            continue
        try:
            step.run()
        except _MAY_PASS as e:
            logger.warning("still waiting: %s", e, extra={"about": step.name})
        else:
            return


def _check_ports(project: Project) -> None:
    """Raises UsageError for a port that somebody else listens on, or two of ours ask for, before anything
    has been started."""
    collect = project.config.section("collect", CollectSettings)
    web = project.config.section("web", WebSettings)
    if collect.port == web.port != 0:
        raise UsageError(f"collect.port and web.port are both {web.port}: give one of them another")
    for section, host, port in (("collect", collect.host, collect.port), ("web", web.host, web.port)):
        if problem := problem_of(host, port):
            variable = f"MAINSTEM_{section}_PORT".upper()
            raise UsageError(
                f"{problem}, which {section}.port asks for: set another there, or in {variable}; "
                "0 takes any free one"
            )


@contextmanager
def only_one(project: Project) -> Iterator[None]:
    """Hold the project for this process.

    Raises UsageError when another one runs it, EnvironmentFailure when its data folder cannot be used.
    """
    path = project.data_dir / "up.lock"
    try:
        project.data_dir.mkdir(parents=True, exist_ok=True)
        opened = path.open("a+", encoding="utf-8")
    except OSError as e:
        raise EnvironmentFailure(
            f"cannot use {project.data_dir}: {e.strerror}; see [project] data_dir"
        ) from e
    with opened as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            held.seek(0)
            raise UsageError(
                f"{project.folder} is already running (process {held.read().strip() or '?'}); stop that first"
            ) from e
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def _end_left_overs(project: Project) -> None:
    """Wait for what a killed supervisor left behind, so that all of it gets a supervisor again."""
    path = state_path(project)
    try:
        state = read_state(path)
    except ValueError as e:
        logger.warning("%s; it is written anew", e)
        state = None
    if state is not None:
        logger.warning("the last run of this project (process %s) was killed; taking over", state.pid)
        end_leftovers(state, _LEFT_OVER_SECONDS)
    path.unlink(missing_ok=True)
    server = embedded_server(project)
    if server is not None:
        end_left_over(server)


def _stop_signals() -> list[signal.Signals]:
    """`nohup` wants a hangup to be ignored."""
    return [number for number in _STOPPED_BY if signal.getsignal(number) != signal.SIG_IGN]
