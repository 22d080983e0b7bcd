"""Tasks that meet a fault each: one whose program ends well, and one whose program fails."""

from __future__ import annotations

from mainstem.manifest import Dag, Manifest, Task
from mainstem.testing.pods import BadAnswer, Faults, Trouble
from tests.parity.twelve import IMAGE

DAG = "faulty"
_ANSWERS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "get_404": (("get", "404", 1),),
    "get_401": (("get", "401", 1),),
    "get_500": (("get", "500", 2),),
    "get_disconnect": (("get", "disconnect", 1),),
    "get_slow": (("get", "slow", 1),),
    "log_404": (("log", "404", 1),),
    "log_500": (("log", "500", 1),),
    "log_disconnect": (("log", "disconnect", 1),),
    "log_dropped": (("log", "drop", 1),),
    "list_500": (("list", "500", 1),),
    "create_500": (("create", "500", 1),),
    "create_401": (("create", "401", 1),),
    "create_lost": (("create", "lost", 1),),
    "events_500": (("events", "500", 3),),
    "patch_500": (("patch", "500", 9),),
    "delete_500": (("delete", "500", 9),),
    "delete_lost": (("delete", "lost", 1),),
}
_TROUBLES = ("deleted", "evicted", "unknown", "unknown_then_gone", "container_killed")
FAULTS_MET = (*_ANSWERS, *_TROUBLES)
UNMET = {"patch_500.good", "events_500.good"}
"""A pod that succeeded is deleted without being patched; of a deferred one events are watched, not asked."""
UNDONE = ("deleted", "evicted", "unknown_then_gone", "container_killed")
"""After these the program of the first try cannot have ended well."""
SAID = ("| up", "| over")
_PROGRAM = "echo '| up'; sleep 3; echo '| over'; exit {code}"


def _tasks() -> tuple[Task, ...]:
    return tuple(
        Task(
            task_id=f"{fault}.{outcome}",
            argv=("sh", "-c", _PROGRAM.format(code=code)),
            retries=1,
            retry_delay=1.0,
            execution_timeout=60.0,
        )
        for fault in FAULTS_MET
        for outcome, code in (("good", 0), ("bad", 5))
    )


MANIFEST = Manifest(
    project="parity", image=IMAGE, dags=(Dag(dag_id=DAG, tasks=_tasks(), max_active_tasks=64),)
)


def faults() -> Faults:
    plan: list[BadAnswer | Trouble] = []
    for outcome in ("good", "bad"):
        for name, answers in _ANSWERS.items():
            plan += [
                BadAnswer(f"{name}.{outcome}", call, answer, times, call not in ("create", "list", "events"))  # type: ignore[arg-type]  # literals of the table
                for call, answer, times in answers
            ]
        plan += [Trouble(f"{name}.{outcome}", name) for name in _TROUBLES]  # type: ignore[arg-type]  # the same
    return Faults(tuple(plan))
