"""The manifest that every runner has to run alike: twelve tasks, and a DAG that their asset sets off.

Every line that a program writes begins with `| `: by that it is told from what runners write themselves.
"""

from __future__ import annotations

import shutil

from mainstem.manifest import AssetSchedule, Dag, Manifest, Pool, Resources, SecretRef, Task

IMAGE = "registry.example/mainstem:1"
DAG = "twelve"
AFTER = "after"
ASSET = "lake/parity/orders"
SECRETS = {"shop-api": {"token": "c4n4ry-token/+ of the shop", "password": "c4n4ry \"quoted\" 'pass$word'"}}
ADDRESS = "c4n4ry0fpeople7a21"
"""Of those who are told: whoever knows it can write to them."""
CANARIES = (*(value for keys in SECRETS.values() for value in keys.values()), ADDRESS)

NODE = shutil.which("node") or "node"
"""By its whole path: in a container it comes from this machine's own folders."""
NARROW = ("with_shell", "nothing_new")
"""Tasks of a pool of one slot. The second is still at work when the first might begin."""
_SH = ("sh", "-c")
_EXTRACT = """
echo '| {{ this is no template }} {% nor this %}'
echo '| $(HOME) $$(HOME) $$'
printf '| %s\\n' "$PLAIN" "$ODD" 'Zürich → 雪'
echo "| try $MAINSTEM_TRY_NUMBER of $MAINSTEM_TASK_ID"
echo "| token $TOKEN" >&2
echo "| password $PASSWORD"
printf '| no newline at its end'
"""
_FLAKY = 'echo "| try $MAINSTEM_TRY_NUMBER"; [ "$MAINSTEM_TRY_NUMBER" -gt 1 ] || exit 3; echo "| well"'
_SLOW = "trap '' TERM; (trap '' TERM; exec sleep 1000) & echo '| started'; wait; sleep 1000"
_HUNGRY = "echo '| eats'; exec dd if=/dev/zero of=/dev/null bs=400M count=100"
"""Holds its memory for seconds: a process's is looked at twice a second until it has half of its limit."""
_NODE = "console.log('| node says', process.env.MAINSTEM_DAG_ID)"


def _sh(task_id: str, script: str, **fields: object) -> Task:
    return _task(task_id, *_SH, script, **fields)


def _task(task_id: str, *argv: str, **fields: object) -> Task:
    settings: dict[str, object] = {"retry_delay": 1.0, "execution_timeout": 120.0, **fields}
    return Task(task_id=task_id, argv=argv, **settings)  # type: ignore[arg-type]  # fields of Task by name


TASKS = (
    _sh(
        "extract",
        _EXTRACT,
        env={"PLAIN": "plain", "ODD": "{{ odd }} $(PLAIN) $$"},
        secret_env={"TOKEN": SecretRef("shop-api", "token"), "PASSWORD": SecretRef("shop-api", "password")},
    ),
    _task("with_node", NODE, "-e", _NODE, depends_on=("extract",)),
    _sh("with_shell", "echo '| one'; echo '| two'", depends_on=("extract",), pool="narrow"),
    _sh("flaky", _FLAKY, depends_on=("extract",), retries=2),
    _sh("broken", "echo '| breaks'; exit 7", depends_on=("extract",), retries=1),
    _sh("never_reached", "echo '| never'", depends_on=("broken",)),
    _sh("clean_up", "echo '| cleans'", depends_on=("broken", "with_shell"), trigger_rule="all_done"),
    _sh("warn", "echo '| warns'", depends_on=("broken", "with_shell"), trigger_rule="one_failed"),
    _sh("too_slow", _SLOW, execution_timeout=3.0),
    _sh("too_hungry", _HUNGRY, resources=Resources(memory_limit="128Mi")),
    _sh("nothing_new", "echo '| nothing new'; sleep 3; exit 99", skip_on_exit_code=(99,), pool="narrow"),
    _sh(
        "publish",
        "echo '| published'",
        depends_on=("nothing_new", "flaky", "with_node"),
        trigger_rule="none_failed_min_one_success",
        outlets=(ASSET,),
    ),
)
MANIFEST = Manifest(
    project="parity",
    image=IMAGE,
    pools=(Pool("narrow", 1),),
    dags=(
        Dag(dag_id=DAG, tasks=TASKS, sla=2.0),
        Dag(dag_id=AFTER, tasks=(_sh("report", "echo '| reports'"),), schedule=AssetSchedule((ASSET,))),
    ),
)
