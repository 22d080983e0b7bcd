"""What services may be asked and were, and the runs of connectors: budgets, runs, streams, schema changes.

`api_calls` counts by parts of a limit's time; `api_accounts` is the row that those who ask wait for in turn.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE api_accounts (
            account text PRIMARY KEY,
            held_until timestamptz NOT NULL DEFAULT 'epoch',
            remaining bigint,
            total bigint,
            resets_at timestamptz,
            observed_at timestamptz
        )""")
    op.execute("""
        CREATE TABLE api_calls (
            account text NOT NULL REFERENCES api_accounts (account) ON DELETE CASCADE,
            limit_name text NOT NULL,
            slot bigint NOT NULL,
            calls integer NOT NULL,
            PRIMARY KEY (account, limit_name, slot)
        )""")
    op.execute("""
        CREATE TABLE sync_runs (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            connector text NOT NULL,
            kind text NOT NULL,
            asked text NOT NULL,
            began_at timestamptz NOT NULL,
            ended_at timestamptz,
            state text NOT NULL DEFAULT 'running',
            problem text NOT NULL DEFAULT ''
        )""")
    op.execute("CREATE INDEX sync_runs_of ON sync_runs (connector, id DESC)")
    op.execute("""
        CREATE TABLE sync_streams (
            run_id bigint NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
            stream text NOT NULL,
            state text NOT NULL DEFAULT 'running',
            began_at timestamptz NOT NULL,
            ended_at timestamptz,
            rows bigint NOT NULL DEFAULT 0,
            deleted bigint NOT NULL DEFAULT 0,
            bytes bigint NOT NULL DEFAULT 0,
            calls bigint NOT NULL DEFAULT 0,
            repeats bigint NOT NULL DEFAULT 0,
            waited_seconds double precision NOT NULL DEFAULT 0,
            quota_remaining bigint,
            complete_through timestamptz,
            problem text NOT NULL DEFAULT '',
            PRIMARY KEY (run_id, stream)
        )""")
    op.execute("CREATE INDEX sync_streams_of ON sync_streams (stream, run_id DESC)")
    op.execute("""
        CREATE TABLE sync_schema_changes (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            run_id bigint NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
            connector text NOT NULL,
            stream text NOT NULL,
            at timestamptz NOT NULL,
            change text NOT NULL,
            column_name text NOT NULL,
            column_type text NOT NULL
        )""")
    op.execute("CREATE INDEX sync_schema_changes_of ON sync_schema_changes (connector, id DESC)")
