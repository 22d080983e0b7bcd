"""What a manifest that reads well can still not mean: names nobody has, cycles, ticks that never come.

Pure: it looks at nothing but the manifest. Problems come in the manifest's own order.
"""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mainstem.manifest.cron import VALID_CRON, cron_problem, zone_problem
from mainstem.manifest.graph import find_cycle
from mainstem.manifest.model import DEFAULT_POOL, DEFAULT_POOL_SLOTS, AssetSchedule, CronSchedule
from mainstem.manifest.paths import Problem, error_of, spelled
from mainstem.manifest.plain_secrets import secret_problems
from mainstem.manifest.quantities import cpu_cores, memory_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mainstem.manifest.model import Dag, Manifest, Resources, Task
    from mainstem.manifest.paths import Locate, Path

RESERVED_ENV = frozenset(
    {
        "MAINSTEM_DAG_ID",
        "MAINSTEM_TASK_ID",
        "MAINSTEM_RUN_ID",
        "MAINSTEM_TRY_NUMBER",
        "MAINSTEM_LOGICAL_DATE",
        "MAINSTEM_DATA_INTERVAL_START",
        "MAINSTEM_DATA_INTERVAL_END",
    }
)
"""What every try is told by whoever runs it."""


def check(manifest: Manifest) -> list[Problem]:
    """Everything that is wrong, warnings too; empty when nothing is."""
    slots = pool_slots(manifest)
    produced = {asset for dag in manifest.dags for task in dag.tasks for asset in task.outlets}
    problems = [
        *_repeated([dag.dag_id for dag in manifest.dags], ("dags",), "dag_id", "a DAG"),
        *_repeated([pool.name for pool in manifest.pools], ("pools",), "name", "a pool"),
    ]
    for number, dag in enumerate(manifest.dags):
        problems += _dag_problems(dag, ("dags", number), slots, produced)
    problems += _secret_variables(manifest)
    problems += _endless(manifest)
    return problems


def ensure_sound(manifest: Manifest, locate: Locate = spelled) -> list[Problem]:
    """The warnings; raises ManifestError with everything else that is wrong."""
    problems = check(manifest)
    if wrong := [problem for problem in problems if not problem.is_warning]:
        raise error_of(wrong, locate)
    return problems


def pool_slots(manifest: Manifest) -> dict[str, int]:
    """Places of every pool there is, `default_pool` among them."""
    return {DEFAULT_POOL: DEFAULT_POOL_SLOTS} | {pool.name: pool.slots for pool in manifest.pools}


def _dag_problems(dag: Dag, path: Path, slots: Mapping[str, int], produced: set[str]) -> Iterator[Problem]:
    yield from _schedule_problems(dag, (*path, "schedule"), produced)
    if dag.start_date and dag.end_date and dag.end_date < dag.start_date:
        yield Problem((*path, "end_date"), "is before start_date")
    ids = [task.task_id for task in dag.tasks]
    yield from _repeated(ids, (*path, "tasks"), "task_id", f"a task of {dag.dag_id}")
    for number, task in enumerate(dag.tasks):
        at = (*path, "tasks", number)
        yield from _dependency_problems(task, dag.dag_id, ids, (*at, "depends_on"))
        yield from _pool_problems(task, slots, at)
        yield from _program_problems(task, at)
        yield from _resource_problems(task.resources, (*at, "resources"))
        yield from secret_problems(task, at)
    if cycle := find_cycle({task.task_id: task.depends_on for task in dag.tasks}):
        at = (*path, "tasks", ids.index(cycle[0]), "depends_on")
        shown = " → ".join(reversed(cycle))
        if len(cycle) > 2:  # a task that waits for itself has been told
            yield Problem(at, f"a cycle, in which no task can ever be the first: {shown}")


def _schedule_problems(dag: Dag, path: Path, produced: set[str]) -> Iterator[Problem]:
    match dag.schedule:
        case CronSchedule(expression, timezone):
            if problem := cron_problem(expression):
                at = (*path, "expression")
                yield Problem(at, f"{expression!r} is no cron expression: {problem}", VALID_CRON)
            if problem := zone_problem(timezone):
                yield Problem(
                    (*path, "timezone"),
                    f"{timezone!r}: {problem}",
                    "a name of the IANA database: Europe/Berlin",
                )
        case AssetSchedule(assets):
            yield from _twice(assets, (*path, "assets"))
            for number, asset in enumerate(assets):
                if asset not in produced:
                    at = (*path, "assets", number)
                    near = _near(asset, produced)
                    yield Problem(
                        at, f"no task's outlets hold {asset!r}: nothing starts it{near}", is_warning=True
                    )


def _dependency_problems(task: Task, dag_id: str, ids: Sequence[str], path: Path) -> Iterator[Problem]:
    yield from _twice(task.depends_on, path)
    for number, needed in enumerate(task.depends_on):
        if needed == task.task_id:
            yield Problem((*path, number), f"{needed} waits for itself")
        elif needed not in ids:
            yield Problem(
                (*path, number), f"{dag_id} has no task {needed!r}{_near(needed, ids)}", ", ".join(ids)
            )


def _pool_problems(task: Task, slots: Mapping[str, int], path: Path) -> Iterator[Problem]:
    if task.pool not in slots:
        yield Problem(
            (*path, "pool"),
            f"there is no pool {task.pool!r}{_near(task.pool, slots)}",
            ", ".join(sorted(slots)),
        )
    elif task.pool_slots > slots[task.pool]:
        yield Problem(
            (*path, "pool_slots"),
            f"wants {task.pool_slots} places of {task.pool}, which has {slots[task.pool]}: "
            "it would wait for ever",
        )


def _program_problems(task: Task, path: Path) -> Iterator[Problem]:
    if not task.argv[0]:
        yield Problem((*path, "argv", 0), "names no program")
    for field, text in _texts(task):
        if "\0" in text:
            yield Problem((*path, *field), "holds a NUL character, which no program can be given")
    for name in task.env.keys() & task.secret_env.keys():
        yield Problem((*path, "secret_env", name), "stands in env too: which one is meant?")
    for name in sorted((task.env.keys() | task.secret_env.keys()) & RESERVED_ENV):
        at = "env" if name in task.env else "secret_env"
        yield Problem((*path, at, name), "is told by whoever runs the task, and cannot be set")
    if 0 < task.retry_exponential_backoff < 1:
        yield Problem((*path, "retry_exponential_backoff"), "would shorten the delay", "0, or 1 and more")
    yield from _twice(task.outlets, (*path, "outlets"))
    yield from _twice(task.inlets, (*path, "inlets"))


def _texts(task: Task) -> Iterator[tuple[Path, str]]:
    for number, argument in enumerate(task.argv):
        yield ("argv", number), argument
    for name, value in task.env.items():
        yield ("env", name), value
    yield ("cwd",), task.cwd
    yield ("image",), task.image


def _resource_problems(resources: Resources, path: Path) -> Iterator[Problem]:
    for request, limit, number in (
        ("cpu_request", "cpu_limit", cpu_cores),
        ("memory_request", "memory_limit", memory_bytes),
    ):
        wanted, most = (number(getattr(resources, name)) for name in (request, limit))
        if wanted and most and wanted > most:
            written = f"{getattr(resources, request)} is more than {limit}, {getattr(resources, limit)}"
            yield Problem((*path, request), written)
        if most == 0:
            yield Problem((*path, limit), "is nothing at all; leave it out for no limit")


def _secret_variables(manifest: Manifest) -> Iterator[Problem]:
    """Two secrets that are one variable here would hand one task the other's secret."""
    seen: dict[str, tuple[str, str]] = {}
    for dag_number, dag in enumerate(manifest.dags):
        for task_number, task in enumerate(dag.tasks):
            for name, ref in task.secret_env.items():
                first = seen.setdefault(ref.variable, (ref.name, ref.key))
                if first != (ref.name, ref.key):
                    yield Problem(
                        ("dags", dag_number, "tasks", task_number, "secret_env", name),
                        f"{ref.name}/{ref.key} and {'/'.join(first)} are both {ref.variable} in the "
                        "runner's environment: rename one",
                    )


def _endless(manifest: Manifest) -> Iterator[Problem]:
    """DAGs whose runs start one another for ever; only a warning: an asset from elsewhere may pace them."""
    producers: dict[str, set[str]] = {}
    for dag in manifest.dags:
        for task in dag.tasks:
            for asset in task.outlets:
                producers.setdefault(asset, set()).add(dag.dag_id)
    started_by = {
        dag.dag_id: sorted({who for asset in dag.schedule.assets for who in producers.get(asset, ())})
        for dag in manifest.dags
        if isinstance(dag.schedule, AssetSchedule)
    }
    if cycle := find_cycle(started_by):
        number = next(n for n, dag in enumerate(manifest.dags) if dag.dag_id == cycle[0])
        shown = " → ".join(reversed(cycle))
        yield Problem(
            ("dags", number, "schedule"), f"every run starts another, for ever: {shown}", is_warning=True
        )


def _repeated(names: Sequence[str], path: Path, field: str, what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Problem((*path, number, field), f"{what} before it is named {name!r} too")
        seen.add(name)


def _twice(names: Sequence[str], path: Path) -> Iterator[Problem]:
    yield from (Problem(path, f"{name} stands here twice") for name, n in Counter(names).items() if n > 1)


def _near(word: str, words: Iterable[str]) -> str:
    near = get_close_matches(word, list(words), 1)
    return f"; did you mean {near[0]!r}?" if near else ""
