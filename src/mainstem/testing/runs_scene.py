"""A company's DAGs and what became of them, to be looked at: every state, long names, large graphs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.manifest import AssetSchedule, CronSchedule, Dag, Pool, Resources, SecretRef, Task
from mainstem.testing.memory_runs import NOW, MemoryRuns
from mainstem.web.orchestration import PoolUse, SeenAsset, SeenRunner, Use

if TYPE_CHECKING:
    from mainstem.manifest import CronSchedule as _Cron
    from mainstem.manifest import RunType, TaskState

_HALF_HOUR = CronSchedule("*/30 * * * *")
_NIGHTLY = CronSchedule("0 7 * * *", "Europe/Berlin")
_SMALL: tuple[tuple[str, _Cron | AssetSchedule | None, str, tuple[str, ...]], ...] = (
    (
        "billing_hourly",
        CronSchedule("15 * * * *"),
        "Invoices and charges of the billing system",
        ("sync", "finance"),
    ),
    ("crm_mirror", _HALF_HOUR, "Accounts and contacts, both ways", ("crm",)),
    ("csv_extracts", CronSchedule("0 3 * * *"), "Files that partners fetch", ("files",)),
    ("deliveries", CronSchedule("0 8 * * 1-5", "Europe/Berlin"), "Dashboards by mail", ("mail",)),
    ("fresh_activations", AssetSchedule(("lake/analytics/accounts", "lake/analytics/scores")), "", ("crm",)),
    ("lake_upkeep", CronSchedule("30 2 * * *"), "Merge files, let old snapshots go", ("upkeep",)),
    ("log_extracts", CronSchedule("0 3 * * *"), "", ("files",)),
    ("one_off_repairs", None, "By hand alone", ()),
    ("permissions_at_midnight", CronSchedule("0 0 * * *"), "Who may read what", ("upkeep",)),
    ("support_sync", CronSchedule("*/10 * * * *"), "Conversations and tickets", ("sync",)),
)


def scene() -> MemoryRuns:
    """Twelve DAGs, sixty runs of one of them, a graph of forty tasks, logs, assets."""
    runs = MemoryRuns()
    _dbt(runs)
    _nightly(runs)
    for at, (dag_id, schedule, description, tags) in enumerate(_SMALL):
        dag = Dag(
            dag_id,
            _chain(dag_id),
            description,
            ("data", "finance", "")[at % 3],
            tags,
            schedule=schedule,
            sla=3600.0,
        )
        is_timed = isinstance(schedule, CronSchedule)
        due = NOW + timedelta(minutes=7 + 11 * at) if is_timed else None
        if dag_id == "csv_extracts":
            due = NOW - timedelta(hours=11)
        runs.add_dag(
            dag, is_paused=dag_id == "log_extracts", next_run=due, where=f"mainstem.toml:{40 + at * 9}"
        )
        if dag_id == "one_off_repairs":
            continue
        for back in range(14, 0, -1):
            bad = (back * 7 + at) % 11 == 0 or (dag_id == "support_sync" and back == 1)
            seconds = 20.0 + (back * 37 + at * 13) % 90
            states: dict[str, TaskState | None] = {
                "extract": "success",
                "check": "failed",
                "publish": "upstream_failed",
            }
            runs.add_run(
                dag_id,
                NOW - timedelta(hours=back * 2, minutes=at),
                "failed" if bad else "success",
                seconds,
                states=states if bad else None,
            )
    runs.kept_runners = [SeenRunner("data-1 4711", NOW - timedelta(seconds=1), True)]
    runs.kept_pools.append(PoolUse(Pool("lake", 4), 2))
    runs.ticks["dbt_half_hourly"] = [NOW + timedelta(minutes=30 * n) for n in range(1, 6)]
    runs.ticks["dbt_nightly"] = [NOW + timedelta(days=n, hours=-8) for n in range(1, 6)]
    _assets(runs)
    return runs


def _chain(dag_id: str) -> tuple[Task, ...]:
    lake = f"lake/{dag_id.partition('_')[0]}/rows"
    return (
        Task(
            "extract", ("mainstem", "sync", dag_id), kind="sync", retries=2, retry_delay=60.0, outlets=(lake,)
        ),
        Task("check", ("mainstem", "sql", "select 1"), depends_on=("extract",), inlets=(lake,)),
        Task("publish", ("mainstem", "publish"), kind="publish", depends_on=("check",)),
    )


def _dbt(runs: MemoryRuns) -> None:
    """Half-hourly dbt: seven tasks, sixty runs, one of them under way."""
    names = ("load", "staging", "sessions", "identity", "revenue", "dashboards", "publish")
    waits = {
        "staging": ("load",),
        "sessions": ("staging",),
        "identity": ("staging",),
        "revenue": ("identity",),
        "dashboards": ("sessions", "revenue"),
        "publish": ("dashboards",),
    }
    tasks = tuple(
        Task(
            name,
            ("mainstem", "build", "--select", f"tag:{name}")
            if name != "load"
            else ("mainstem", "load", "--once"),
            kind="publish" if name == "publish" else "load" if name == "load" else "dbt",
            description="Sessions and their first and last touch" if name == "sessions" else "",
            env={"DBT_TARGET": "lake", "THREADS": "4"},
            secret_env={"LAKE_PASSWORD": SecretRef("lake", "password")},
            depends_on=waits.get(name, ()),
            retries=1,
            retry_delay=60.0,
            execution_timeout=1800.0,
            pool="lake",
            resources=Resources("500m", "2", "1Gi", "4Gi"),
            inlets=("lake/raw/tracks",) if name == "staging" else (),
            outlets={
                "load": ("lake/raw/tracks",),
                "publish": ("lake/analytics/accounts", "lake/analytics/scores"),
            }.get(name, ()),
        )
        for name in names
    )
    dag = Dag(
        "dbt_half_hourly", tasks, "All models but the nightly ones", "data", ("dbt",), _HALF_HOUR, sla=1500.0
    )
    runs.add_dag(dag, next_run=NOW + timedelta(minutes=30), where="mainstem.toml:12")
    for back in range(59, 0, -1):
        at = NOW - timedelta(minutes=30 * back)
        if back % 17 == 3:
            bad: dict[str, TaskState | None] = {
                **dict.fromkeys(names, "upstream_failed"),
                "load": "success",
                "staging": "success",
                "sessions": "success",
                "identity": "failed",
            }
            run = runs.add_run(dag.dag_id, at, "failed", 95.0, states=bad)
            runs.log_of(run, "identity").body = _LOG.encode()
        else:
            skipped: dict[str, TaskState | None] = {"publish": "skipped"} if back % 9 == 0 else {}
            states: dict[str, TaskState | None] = {**dict.fromkeys(names, "success"), **skipped}
            kind: RunType = "manual" if back % 13 == 0 else "scheduled"
            runs.add_run(dag.dag_id, at, "success", 120.0 + back * 29 % 160, kind, states)
    now: dict[str, TaskState | None] = {
        "load": "success",
        "staging": "success",
        "sessions": "running",
        "identity": "up_for_retry",
        "revenue": "scheduled",
    }
    run = runs.add_run(dag.dag_id, NOW - timedelta(minutes=4), "running", states=now)
    runs.log_of(run, "sessions").body = _LOG.encode()


def _nightly(runs: MemoryRuns) -> None:
    """Forty tasks: sources, models over them, marts over those."""
    tasks = [Task("compact_the_lake_before_everything_else", ("mainstem", "upkeep"), kind="upkeep")]
    for n in range(13):
        first = ("compact_the_lake_before_everything_else",)
        tasks.append(
            Task(f"sync_source_{n:02}", ("mainstem", "sync", f"s{n}"), kind="sync", depends_on=first)
        )
    for n in range(14):
        waits = tuple({f"sync_source_{n % 13:02}", f"sync_source_{(n * 5 + 2) % 13:02}"})
        tasks.append(Task(f"stage_models_{n:02}", ("mainstem", "build"), kind="dbt", depends_on=waits))
    for n in range(9):
        waits = tuple({f"stage_models_{n:02}", f"stage_models_{(n * 3 + 5) % 14:02}"})
        tasks.append(Task(f"mart_{n}", ("mainstem", "build"), kind="dbt", depends_on=waits))
    tasks.append(
        Task(
            "test_everything",
            ("mainstem", "build"),
            kind="dbt",
            depends_on=tuple(f"mart_{n}" for n in range(9)),
        )
    )
    tasks.append(Task("publish", ("mainstem", "publish"), kind="publish", depends_on=("test_everything",)))
    tasks.append(
        Task("backup", ("mainstem", "backup"), kind="backup", depends_on=("publish", "sync_source_03"))
    )
    dag = Dag(
        "dbt_nightly", tuple(tasks), "Every model, all tests, a backup", "data", ("dbt", "nightly"), _NIGHTLY
    )
    runs.add_dag(dag, next_run=NOW + timedelta(hours=16), where="mainstem.toml:30")
    for back in range(12, 0, -1):
        runs.add_run(dag.dag_id, NOW - timedelta(days=back, hours=8), "success", 2400.0 + back * 311 % 900)
    done: dict[str, TaskState | None] = {
        task.task_id: "success"
        for task in tasks
        if not task.task_id.startswith(("mart_", "test", "pub", "backup"))
    }
    runs.add_run(
        dag.dag_id,
        NOW - timedelta(hours=8),
        "failed",
        2000.0,
        states=done
        | {f"mart_{n}": "success" for n in range(9)}
        | {
            "mart_4": "failed",
            "test_everything": "upstream_failed",
            "publish": "upstream_failed",
            "backup": "upstream_failed",
        },
    )


def _assets(runs: MemoryRuns) -> None:
    run = runs.runs["dbt_half_hourly"][-3]
    runs.kept_assets = [
        SeenAsset("lake/raw/tracks", NOW - timedelta(minutes=3), run.dag_id, run.run_id, "load"),
        SeenAsset(
            "lake/analytics/accounts",
            NOW - timedelta(minutes=58),
            run.dag_id,
            run.run_id,
            "publish",
            (Use("model", "dim_accounts"), Use("explore", "accounts", "/explores/company/accounts")),
        ),
        SeenAsset("lake/analytics/scores", NOW - timedelta(minutes=58), run.dag_id, run.run_id, "publish"),
    ]


_LOG = "\n".join(
    [
        "[mainstem] try 1 of 2 begins",
        *(
            f"14:0{n // 60}:{n % 60:02}  {n + 1} of 180 START sql incremental model "
            f"analytics.fct_sessions_part_{n:03} ......................... [RUN]"
            for n in range(180)
        ),
        "14:03:10  [WARNING]: 2 rows were late and are counted with the next run",
        "14:03:11  Database Error in model fct_identities (models/identity/fct_identities.sql)",
        "  Traceback (most recent call last):",
        '  ConstraintException: Duplicate key "visitor_id: 8f3a" violates primary key constraint',
        "  compiled code at target/run/company/models/identity/fct_identities.sql, a path that goes on so "
        "long that it has to be broken somewhere on nearly every screen that there is, even on a wide one",
        "14:03:11  ERROR: 1 of 180 models failed",
        "[mainstem] exit 1",
        "",
    ]
)
