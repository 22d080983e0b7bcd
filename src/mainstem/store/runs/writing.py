"""Writing about runs: primitives, each of which happens only if what was before still is.

Promise: whoever writes does so alone (`alone`), and a runner only while it holds the lease. A task gets no
second try while one of it is open, whoever asks. It decides nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from mainstem.errors import LeaseLost
from mainstem.manifest import FINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.store.database import Database
    from mainstem.store.runs.values import Lease, Try

_WRITERS_LOCK = 0x6D61696E7374656D + 6
"""Of transactions: "mainstem" in ASCII, and a number that no other lock of ours has."""
CHANNEL = "mainstem_runs"
"""Who listens to it hears that something was written that a runner must look at."""


class RunWriter:
    """Every method raises StoreUnavailable; what writes is called within `alone`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def alone(self, lease: Lease | None = None, *, durable: bool = True) -> Iterator[None]:
        """Nobody else writes about runs in the block, and all of it is written, or nothing.

        With a lease, raises LeaseLost when another holder has come since. Not `durable`, a crash of Postgres
        may forget what was written, as if it had not happened.
        """
        with self._database.transaction() as connection:
            if not durable:
                connection.execute("SET LOCAL synchronous_commit = off")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITERS_LOCK,))
            if lease is not None:
                # Keeps another from taking over until this is committed, and hinders no renewal.
                found = connection.execute(
                    "SELECT 1 FROM runner_lease WHERE runner = %s AND epoch = %s FOR KEY SHARE",
                    (lease.runner, lease.epoch),
                ).fetchone()
                if found is None:
                    raise LeaseLost(lease.runner)
            yield

    def ring(self) -> None:
        """Wake the runner once this is committed."""
        self._database.run("SELECT pg_notify(%(channel)s, '')", {"channel": CHANNEL})

    # --- DAGs ----------------------------------------------------------------------------------------------

    def keep_manifest(self, digest: str, body: str, now: datetime) -> None:
        self._database.run(
            "INSERT INTO manifests (digest, body, first_seen_at) VALUES (%(digest)s, %(body)s, %(now)s) "
            "ON CONFLICT DO NOTHING",
            {"digest": digest, "body": body, "now": now},
        )

    def keep_dag(self, dag_id: str, digest: str, *, is_paused: bool, now: datetime) -> None:
        """`is_paused` counts for one that was never seen."""
        self._database.run(
            "INSERT INTO dags (dag_id, manifest, is_paused, first_seen_at, unpaused_at) "
            "VALUES (%(dag_id)s, %(digest)s, %(is_paused)s, %(now)s, %(now)s) "
            "ON CONFLICT (dag_id) DO UPDATE SET manifest = excluded.manifest, is_stale = false",
            {"dag_id": dag_id, "digest": digest, "is_paused": is_paused, "now": now},
        )

    def leave_dags(self, present: Sequence[str]) -> None:
        """All but these are in the manifest no more: no asset waits for them."""
        self._database.run(
            "UPDATE dags SET is_stale = true, next_dagrun = NULL "
            "WHERE NOT is_stale AND dag_id <> ALL(%(present)s)",
            {"present": list(present)},
        )
        self._database.run(
            "DELETE FROM asset_queue WHERE dag_id <> ALL(%(present)s)", {"present": list(present)}
        )

    def set_paused(self, dag_id: str, is_paused: bool, now: datetime) -> bool:
        """Whether that changed anything."""
        return bool(
            self._database.run(
                "UPDATE dags SET is_paused = %(is_paused)s, "
                "unpaused_at = CASE WHEN %(is_paused)s THEN unpaused_at ELSE %(now)s END "
                "WHERE dag_id = %(dag_id)s AND is_paused <> %(is_paused)s",
                {"dag_id": dag_id, "is_paused": is_paused, "now": now},
            )
        )

    def set_next_dagrun(self, dag_id: str, at: datetime | None) -> None:
        self._database.run(
            "UPDATE dags SET next_dagrun = %(at)s "
            "WHERE dag_id = %(dag_id)s AND next_dagrun IS DISTINCT FROM %(at)s",
            {"dag_id": dag_id, "at": at},
        )

    # --- runs and their tasks ------------------------------------------------------------------------------

    def add_run(self, run: DagRun, instances: Sequence[tuple[TaskInstance, str, int]]) -> bool:
        """With its tasks, their pools and slots. False: there is one of that name, or of that date."""
        added = self._database.run(
            "INSERT INTO dag_runs (dag_id, run_id, run_type, state, logical_date, data_interval_start, "
            "data_interval_end, queued_at, start_date, end_date, manifest, triggered_by) VALUES (%(dag_id)s, "
            "%(run_id)s, %(run_type)s, %(state)s, %(logical_date)s, %(data_interval_start)s, "
            "%(data_interval_end)s, %(queued_at)s, %(start_date)s, %(end_date)s, %(manifest)s, "
            "%(triggered_by)s) ON CONFLICT DO NOTHING",
            asdict(run),
        )
        if not added:
            return False
        with self._database.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO task_instances (dag_id, run_id, task_id, max_tries, pool, pool_slots) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    (one.dag_id, one.run_id, one.task_id, one.max_tries, pool, slots)
                    for one, pool, slots in instances
                ],
            )
        return True

    def change_run(self, before: DagRun, after: DagRun) -> bool:
        """False: it is no longer as it was."""
        return bool(
            self._database.run(
                "UPDATE dag_runs SET state = %(state)s, run_type = %(run_type)s, queued_at = %(queued_at)s, "
                "start_date = %(start_date)s, end_date = %(end_date)s, triggered_by = %(triggered_by)s, "
                "manifest = %(manifest)s "
                "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s AND state = %(state_before)s",
                {**asdict(after), "state_before": before.state},
            )
        )

    def add_task(self, instance: TaskInstance, pool: str, pool_slots: int) -> bool:
        return bool(
            self._database.run(
                "INSERT INTO task_instances (dag_id, run_id, task_id, max_tries, pool, pool_slots) VALUES "
                "(%(dag_id)s, %(run_id)s, %(task_id)s, %(max_tries)s, %(pool)s, %(pool_slots)s) "
                "ON CONFLICT DO NOTHING",
                {**asdict(instance), "pool": pool, "pool_slots": pool_slots},
            )
        )

    def change_task(self, before: TaskInstance, after: TaskInstance) -> bool:
        """False: it is no longer as it was."""
        return bool(
            self._database.run(
                "UPDATE task_instances SET state = %(state)s, try_number = %(try_number)s, "
                "max_tries = %(max_tries)s, queued_at = %(queued_at)s, start_date = %(start_date)s, "
                "end_date = %(end_date)s, next_retry_at = %(next_retry_at)s, exit_code = %(exit_code)s, "
                "reason = %(reason)s, runner = %(runner)s, handle = %(handle)s "
                "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s AND task_id = %(task_id)s "
                "AND state IS NOT DISTINCT FROM %(state_before)s AND try_number = %(try_before)s",
                {**_storable(after), "state_before": before.state, "try_before": before.try_number},
            )
        )

    def set_aside(self, dag_id: str, run_id: str, reason: str, now: datetime) -> None:
        """The run has failed, whatever it was, and so have its tasks that were not over; `reason` is
        theirs, or everyone's where all were over. Tries that are open stay so, until nothing of them runs."""
        values = {"dag_id": dag_id, "run_id": run_id, "reason": reason, "now": now}
        failed = self._database.run(
            "UPDATE task_instances SET state = 'failed', end_date = greatest(%(now)s, start_date), "
            "next_retry_at = NULL, reason = %(reason)s WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s "
            "AND (state IS NULL OR state <> ALL(%(over)s))",
            {**values, "over": sorted(FINISHED)},
        )
        if not failed:
            self._database.run(
                "UPDATE task_instances SET reason = %(reason)s "
                "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s",
                values,
            )
        self._database.run(
            "UPDATE dag_runs SET state = 'failed', end_date = greatest(%(now)s, start_date) "
            "WHERE dag_id = %(dag_id)s AND run_id = %(run_id)s",
            values,
        )

    # --- tries ---------------------------------------------------------------------------------------------

    def open_try(self, one: Try) -> bool:
        """Written before anything is started. False: a try of the task is open, or was made already."""
        return bool(
            self._database.run(
                "INSERT INTO tries (dag_id, run_id, task_id, try_number, state, queued_at, start_date, log, "
                "runner) VALUES (%(dag_id)s, %(run_id)s, %(task_id)s, %(try_number)s, %(state)s, "
                "%(queued_at)s, %(start_date)s, %(log)s, %(runner)s) ON CONFLICT DO NOTHING",
                vars(one),
            )
        )

    def hold_try(self, one: Try, runner: str, handle: str) -> None:
        """Who looks after an open try now, and what it is found by."""
        self._database.run(
            "UPDATE tries SET runner = %(runner)s, handle = %(handle)s WHERE dag_id = %(dag_id)s "
            "AND run_id = %(run_id)s AND task_id = %(task_id)s AND try_number = %(try_number)s "
            "AND end_date IS NULL",
            {**_key_of(one), "runner": runner, "handle": handle},
        )

    def close_try(self, one: Try, state: str, exit_code: int | None, reason: str, end_date: datetime) -> bool:
        """Nothing of it runs any more. False: it was closed before."""
        return bool(
            self._database.run(
                "UPDATE tries SET state = %(state)s, exit_code = %(exit_code)s, reason = %(reason)s, "
                "end_date = greatest(%(end_date)s, start_date) WHERE dag_id = %(dag_id)s "
                "AND run_id = %(run_id)s AND task_id = %(task_id)s AND try_number = %(try_number)s "
                "AND end_date IS NULL",
                {
                    **_key_of(one),
                    "state": state,
                    "exit_code": exit_code,
                    "reason": _without_nul(reason),
                    "end_date": end_date,
                },
            )
        )

    # --- assets --------------------------------------------------------------------------------------------

    def renew_assets(
        self, assets: Sequence[str], one: Try, waiting: Sequence[tuple[str, str]], now: datetime
    ) -> None:
        """The outlets of a try are new; `waiting` are DAGs that wait for one of them, with its name."""
        for asset in assets:
            self._database.run(
                "WITH event AS (INSERT INTO asset_events (asset, at, dag_id, run_id, task_id, try_number) "
                "VALUES (%(asset)s, %(now)s, %(dag_id)s, %(run_id)s, %(task_id)s, %(try_number)s) "
                "RETURNING id) INSERT INTO asset_queue (dag_id, asset, event_id, queued_at) "
                "SELECT dag, %(asset)s, event.id, %(now)s FROM event, unnest(%(dags)s::text[]) AS dag "
                "ON CONFLICT DO NOTHING",
                {
                    **_key_of(one),
                    "asset": asset,
                    "now": now,
                    "dags": [dag_id for dag_id, wanted in waiting if wanted == asset],
                },
            )

    def consume_assets(self, run: DagRun, assets: Sequence[str], until: datetime | None) -> None:
        """They wait for the run's DAG no longer; it is for their events since the DAG's last such run."""
        parameters = {"dag_id": run.dag_id, "run_id": run.run_id, "assets": list(assets), "until": until}
        self._database.run(
            "INSERT INTO dag_run_assets (dag_id, run_id, event_id) "
            "SELECT %(dag_id)s, %(run_id)s, e.id FROM asset_events AS e WHERE e.asset = ANY(%(assets)s) "
            "AND (%(until)s::timestamptz IS NULL OR e.at <= %(until)s) AND NOT EXISTS "
            "(SELECT 1 FROM dag_run_assets AS d JOIN asset_events AS last ON last.id = d.event_id "
            "WHERE d.dag_id = %(dag_id)s AND last.asset = e.asset AND last.id >= e.id)",
            parameters,
        )
        self._database.run(
            "DELETE FROM asset_queue WHERE dag_id = %(dag_id)s AND asset = ANY(%(assets)s) "
            "AND (%(until)s::timestamptz IS NULL OR queued_at <= %(until)s)",
            parameters,
        )

    # --- age -----------------------------------------------------------------------------------------------

    def prune(self, before: datetime) -> list[tuple[str, str]]:
        """Forget runs that ended before, but for the newest scheduled one of each DAG, which ticks are
        counted from; which runs those were, by DAG and id. Also runners of before, and events but for the
        newest of each asset, by which its age is known."""
        with self._database.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM dag_runs AS r WHERE r.end_date < %(before)s "
                "AND r.state IN ('success', 'failed') AND NOT EXISTS (SELECT 1 FROM tries AS t "
                "WHERE t.dag_id = r.dag_id AND t.run_id = r.run_id AND t.end_date IS NULL) "
                "AND (r.logical_date IS NULL OR r.logical_date IS DISTINCT FROM "
                "(SELECT max(n.logical_date) FROM dag_runs AS n "
                "WHERE n.dag_id = r.dag_id AND n.run_type IN ('scheduled', 'backfill'))) "
                "RETURNING r.dag_id, r.run_id",
                {"before": before},
            ).fetchall()
            connection.execute(
                "DELETE FROM asset_events AS e WHERE at < %s "
                "AND EXISTS (SELECT FROM asset_events AS n WHERE n.asset = e.asset AND n.id > e.id)",
                (before,),
            )
            connection.execute(
                "DELETE FROM runners WHERE heartbeat_at < %s "
                "AND name NOT IN (SELECT runner FROM runner_lease)",
                (before,),
            )
            connection.execute(
                "DELETE FROM manifests WHERE digest NOT IN (SELECT manifest FROM dags) "
                "AND digest NOT IN (SELECT manifest FROM dag_runs)"
            )
        return [(str(dag_id), str(run_id)) for dag_id, run_id in gone]


def _key_of(one: Try) -> dict[str, object]:
    return {
        "dag_id": one.dag_id,
        "run_id": one.run_id,
        "task_id": one.task_id,
        "try_number": one.try_number,
    }


def _storable(instance: TaskInstance) -> dict[str, Any]:
    return {**asdict(instance), "reason": _without_nul(instance.reason)}


def _without_nul(text: str) -> str:
    """Postgres takes no NUL and no half of a character."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
