"""Connectors kept in memory, for pages: a helpdesk partly read, a shop that is well, one never read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.manifest import CronSchedule, Dag, Task
from mainstem.testing.memory_runs import NOW
from mainstem.web.connectors import ConnectorsNow, SchemaChange, SeenConnector, StreamReading, SyncRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.testing.memory_runs import MemoryRuns

HALF_HOUR = timedelta(minutes=30)


@dataclass
class MemoryConnectors:
    """What pages are told; a test changes it."""

    found: ConnectorsNow
    told: dict[str, list[SchemaChange]] = field(default_factory=dict)

    def now(self, runs: int) -> ConnectorsNow:
        return self.found

    def changes(self, name: str, limit: int) -> Sequence[SchemaChange]:
        return self.told.get(name, [])[:limit]

    def names(self) -> Sequence[tuple[str, str]]:
        return [(one.name, one.title) for one in self.found.connectors]


def reading(run: SyncRun, stream: str, rows: int, state: str = "success", problem: str = "") -> StreamReading:
    ended = None if run.ended_at is None else run.began_at + timedelta(seconds=42)
    return StreamReading(
        run.id, stream, state, run.began_at, ended, rows, rows // 40, rows * 310, 3 + rows // 100,
        1 if problem else 0, 2.5, 600, problem,
    )  # fmt: skip


def helpdesk() -> SeenConnector:
    """Twenty runs: the last is partial, and `users` has failed for two hours."""
    runs = tuple(
        SyncRun(
            20 - at,
            "incremental",
            NOW - HALF_HOUR * (at + 1),
            NOW - HALF_HOUR * (at + 1) + timedelta(minutes=2),
            "partial" if at < 4 else "success",
        )
        for at in range(20)
    )
    readings: list[StreamReading] = []
    for at, run in enumerate(runs):
        readings.append(reading(run, "organizations", 2))
        readings.append(reading(run, "tickets", 120 + 37 * (at % 5)))
        failed = at < 4
        readings.append(
            reading(run, "users", 0 if failed else 30, "failed" if failed else "success",
                    "Zendesk answered 403: the token lacks the scope users:read" if failed else "")
        )  # fmt: skip
    through = {name: NOW - HALF_HOUR for name in ("organizations", "tickets")} | {
        "users": NOW - HALF_HOUR * 5
    }
    return SeenConnector(
        "helpdesk",
        "zendesk",
        "Zendesk",
        "helpdesk",
        "sync_helpdesk",
        timedelta(hours=2),
        runs=runs,
        readings=tuple(readings),
        last=tuple(sorted((one for one in readings if one.run_id == 20), key=lambda one: one.stream)),
        through=through,
        first_began=dict.fromkeys(through, runs[-1].began_at),
    )


def shop() -> SeenConnector:
    run = SyncRun(9, "incremental", NOW - timedelta(minutes=9), NOW - timedelta(minutes=8), "success")
    one = reading(run, "orders", 1_234_567)
    return SeenConnector(
        "shop", "stripe", "Stripe", "billing", "sync_shop", None, runs=(run,), readings=(one,), last=(one,),
        through={"orders": NOW - timedelta(minutes=9)}, first_began={"orders": run.began_at},
    )  # fmt: skip


def never() -> SeenConnector:
    return SeenConnector("leads", "marketo", "Marketo", "leads", "sync_leads", streams=("leads",))


def connectors() -> MemoryConnectors:
    changes = [
        SchemaChange(NOW - timedelta(hours=3), "tickets", "new_column", "ticket.custom_tier", "VARCHAR"),
        SchemaChange(NOW - timedelta(days=2), "tickets", "new_table", "ticket", ""),
    ]
    found = ConnectorsNow((helpdesk(), shop(), never()), ("marketo", "stripe", "zendesk"))
    return MemoryConnectors(found, {"helpdesk": changes})


def add_dags(runs: MemoryRuns) -> None:
    """The DAGs that sync them; that of `leads` no runner has read yet."""
    for name in ("helpdesk", "shop"):
        task = Task("sync", ("mainstem", "sync", name), kind="sync")
        dag = Dag(f"sync_{name}", (task,), schedule=CronSchedule("*/30 * * * *"))
        runs.add_dag(dag, is_paused=name == "shop", next_run=NOW + HALF_HOUR)
