"""A task that waits for a file, and the worker of Airflow's that waits for it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from mainstem.manifest import Dag, Manifest, Task
from mainstem.testing.processes import parent_of, title_of
from tests.parity.twelve import IMAGE

if TYPE_CHECKING:
    from tests.parity.airflow import Airflow

DAG = "dying"
_LONG = """
echo '| up'
n=0
while [ $n -lt 900 ]; do n=$((n+1)); [ -e "$GO" ] && exit 0; sleep 0.1; done
exit 4
"""


def manifest(go: str) -> Manifest:
    """`go`: the file that the program waits for, for a minute."""
    task = Task(task_id="long", argv=("sh", "-c", _LONG), env={"GO": go}, retries=1, retry_delay=1.0)
    return Manifest(project="parity", image=IMAGE, dags=(Dag(dag_id=DAG, tasks=(task,)),))


def kill_worker(airflow: Airflow) -> bool:
    """Kill whatever of Airflow's runs the task, with what runs that; whether there was any."""
    workers = {pid for pid in airflow.pids("LocalExecutor:") if "<idle>" not in title_of(pid)}
    theirs = {pid for pid in airflow.pids() if parent_of(pid) in workers}
    for pid in workers | theirs:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(workers and theirs)


def is_taken_over(airflow: Airflow) -> bool:
    """Whether the second try has found the first one's pod."""
    (task,) = airflow.tasks(DAG, "one")
    if task["try_number"] < 2 or task["state"] != "running":
        return False
    return any("Reusing existing pod" in line for line in airflow.log(DAG, "one", "long", 2))
