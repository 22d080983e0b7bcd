"""Runs of DAGs: what was run, how each try ended, who runs it, and which assets became new.

A task has at most one try that has not ended: `tries_one_open` refuses a second. Only the runner that holds
the one row of `runner_lease` writes about tries, and every writer first takes the lock of `runs`.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE manifests (
            digest text PRIMARY KEY,
            body text NOT NULL,
            first_seen_at timestamptz NOT NULL
        )""")
    op.execute("""
        CREATE TABLE dags (
            dag_id text PRIMARY KEY,
            manifest text NOT NULL REFERENCES manifests (digest),
            is_paused boolean NOT NULL,
            is_stale boolean NOT NULL DEFAULT false,
            first_seen_at timestamptz NOT NULL,
            unpaused_at timestamptz NOT NULL,
            next_dagrun timestamptz
        )""")
    op.execute("""
        CREATE TABLE dag_runs (
            dag_id text NOT NULL,
            run_id text NOT NULL,
            run_type text NOT NULL,
            state text NOT NULL CHECK (state IN ('queued', 'running', 'success', 'failed')),
            logical_date timestamptz,
            data_interval_start timestamptz,
            data_interval_end timestamptz,
            queued_at timestamptz NOT NULL,
            start_date timestamptz,
            end_date timestamptz,
            manifest text NOT NULL REFERENCES manifests (digest),
            triggered_by text NOT NULL,
            PRIMARY KEY (dag_id, run_id),
            UNIQUE (dag_id, logical_date)
        )""")
    op.execute("CREATE INDEX dag_runs_newest ON dag_runs (dag_id, coalesce(logical_date, queued_at) DESC)")
    op.execute("CREATE INDEX dag_runs_active ON dag_runs (state) WHERE state IN ('queued', 'running')")
    op.execute("CREATE INDEX dag_runs_ended ON dag_runs (end_date)")
    op.execute("""
        CREATE TABLE task_instances (
            dag_id text NOT NULL,
            run_id text NOT NULL,
            task_id text NOT NULL,
            state text CHECK (state IN ('scheduled', 'queued', 'running', 'success', 'failed',
                'up_for_retry', 'upstream_failed', 'skipped', 'removed')),
            try_number integer NOT NULL DEFAULT 0,
            max_tries integer NOT NULL,
            queued_at timestamptz,
            start_date timestamptz,
            end_date timestamptz,
            next_retry_at timestamptz,
            exit_code integer,
            reason text NOT NULL DEFAULT '',
            runner text NOT NULL DEFAULT '',
            handle text NOT NULL DEFAULT '',
            pool text NOT NULL,
            pool_slots integer NOT NULL,
            PRIMARY KEY (dag_id, run_id, task_id),
            FOREIGN KEY (dag_id, run_id) REFERENCES dag_runs (dag_id, run_id) ON DELETE CASCADE
        )""")
    op.execute(
        "CREATE INDEX task_instances_active ON task_instances (pool) WHERE state IN ('queued', 'running')"
    )
    op.execute("""
        CREATE TABLE tries (
            dag_id text NOT NULL,
            run_id text NOT NULL,
            task_id text NOT NULL,
            try_number integer NOT NULL,
            state text NOT NULL,
            queued_at timestamptz,
            start_date timestamptz NOT NULL,
            end_date timestamptz,
            exit_code integer,
            reason text NOT NULL DEFAULT '',
            log text NOT NULL,
            runner text NOT NULL,
            handle text NOT NULL DEFAULT '',
            PRIMARY KEY (dag_id, run_id, task_id, try_number),
            FOREIGN KEY (dag_id, run_id) REFERENCES dag_runs (dag_id, run_id) ON DELETE CASCADE
        )""")
    op.execute("CREATE UNIQUE INDEX tries_one_open ON tries (dag_id, run_id, task_id) WHERE end_date IS NULL")
    op.execute("""
        CREATE TABLE asset_events (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            asset text NOT NULL,
            at timestamptz NOT NULL,
            dag_id text NOT NULL,
            run_id text NOT NULL,
            task_id text NOT NULL,
            try_number integer NOT NULL
        )""")
    op.execute("CREATE INDEX asset_events_asset ON asset_events (asset, id)")
    op.execute("CREATE INDEX asset_events_at ON asset_events (at)")
    op.execute("""
        CREATE TABLE asset_queue (
            dag_id text NOT NULL,
            asset text NOT NULL,
            event_id bigint NOT NULL,
            queued_at timestamptz NOT NULL,
            PRIMARY KEY (dag_id, asset)
        )""")
    op.execute("""
        CREATE TABLE dag_run_assets (
            dag_id text NOT NULL,
            run_id text NOT NULL,
            event_id bigint NOT NULL REFERENCES asset_events (id) ON DELETE CASCADE,
            PRIMARY KEY (dag_id, run_id, event_id),
            FOREIGN KEY (dag_id, run_id) REFERENCES dag_runs (dag_id, run_id) ON DELETE CASCADE
        )""")
    op.execute("CREATE INDEX dag_run_assets_event ON dag_run_assets (event_id)")
    op.execute("""
        CREATE TABLE runners (
            name text PRIMARY KEY,
            host text NOT NULL,
            machine text NOT NULL,
            pid integer NOT NULL,
            born bigint NOT NULL,
            started_at timestamptz NOT NULL,
            heartbeat_at timestamptz NOT NULL,
            ended_at timestamptz
        )""")
    op.execute("""
        CREATE TABLE runner_lease (
            id smallint PRIMARY KEY CHECK (id = 1),
            runner text NOT NULL,
            epoch bigint NOT NULL,
            until timestamptz NOT NULL
        )""")
    op.execute("""
        CREATE TABLE alerts (
            key text PRIMARY KEY,
            at timestamptz NOT NULL,
            kind text NOT NULL,
            dag_id text NOT NULL,
            run_id text NOT NULL DEFAULT '',
            task_id text NOT NULL DEFAULT '',
            try_number integer NOT NULL DEFAULT 0,
            title text NOT NULL,
            body text NOT NULL,
            sent_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            problem text NOT NULL DEFAULT ''
        )""")
    op.execute("CREATE INDEX alerts_unsent ON alerts (at) WHERE sent_at IS NULL")
    op.execute("CREATE INDEX alerts_at ON alerts (at)")
