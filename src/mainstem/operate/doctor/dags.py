"""Whether what is to be run can be read, and is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import ConfigError
from mainstem.operate.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from mainstem.manifest import Manifest

NAME = "dags"


def check_dags(plan: Callable[[], Manifest]) -> Iterator[Finding]:
    """`plan` reads what is to be run, and raises ConfigError with all that is wrong with it."""
    try:
        manifest = plan()
    except ConfigError as e:
        yield fail(NAME, str(e), "mend it there; until then DAGs run as they were before")
        return
    tasks = sum(len(dag.tasks) for dag in manifest.dags)
    yield ok(NAME, f"{len(manifest.dags)} DAGs of {tasks} tasks check")


def check_runner(heard: Mapping[str, tuple[datetime, bool]], missed: Mapping[str, str]) -> Iterator[Finding]:
    """Where a runner should run. `heard`: by runner, when it was last heard of, and whether it is alive.
    `missed`: by DAG that did not run, what is wrong."""
    alive = [name for name, (_, is_alive) in heard.items() if is_alive]
    if alive:
        yield ok("runner", f"{', '.join(alive)} alive")
    else:
        last = max((at for at, _ in heard.values()), default=None)
        since = "yet" if last is None else f"since {last.isoformat(timespec='seconds')}"
        yield fail("runner", f"nothing was heard of a runner {since}: nothing is run", "see its log")
    for dag_id, problem in missed.items():
        yield warn("runner", f"{dag_id} did not run: {problem}", "see `mainstem dags list`")
