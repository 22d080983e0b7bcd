"""What is written into other services: plans with their rows, runs with their batches, what was acknowledged,
and a log of every row that was tried.

A plan row is due until a batch has it; a batch that was sent and not settled is looked at before anything
else is written.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE activation_plans (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            activation text NOT NULL,
            destination text NOT NULL,
            object text NOT NULL,
            digest bytea NOT NULL,
            snapshot bigint,
            made_at timestamptz NOT NULL,
            made_by text NOT NULL,
            as_of text NOT NULL DEFAULT '',
            state text NOT NULL DEFAULT 'making',
            counts jsonb NOT NULL DEFAULT '{}',
            guards jsonb NOT NULL DEFAULT '[]',
            problem text NOT NULL DEFAULT '',
            approved_by text NOT NULL DEFAULT '',
            despite text[] NOT NULL DEFAULT '{}'
        )""")
    op.execute("CREATE INDEX activation_plans_of ON activation_plans (activation, id DESC)")
    op.execute("""
        CREATE TABLE activation_plan_rows (
            plan_id bigint NOT NULL REFERENCES activation_plans (id) ON DELETE CASCADE,
            number integer NOT NULL,
            op text NOT NULL,
            key text NOT NULL,
            target_id text NOT NULL DEFAULT '',
            body jsonb NOT NULL DEFAULT '{}',
            digest bytea NOT NULL DEFAULT '',
            modified_at timestamptz,
            level integer NOT NULL DEFAULT 0,
            sorted_by text NOT NULL DEFAULT '',
            state text NOT NULL DEFAULT 'due',
            batch bigint,
            tries integer NOT NULL DEFAULT 0,
            trouble text NOT NULL DEFAULT '',
            code text NOT NULL DEFAULT '',
            message text NOT NULL DEFAULT '',
            PRIMARY KEY (plan_id, number)
        )""")
    op.execute("CREATE INDEX activation_plan_rows_state ON activation_plan_rows (plan_id, state, op, level)")
    op.execute("""
        CREATE TABLE activation_rows (
            activation text NOT NULL,
            key text COLLATE "C" NOT NULL,
            target_id text NOT NULL,
            written jsonb NOT NULL,
            parents jsonb NOT NULL DEFAULT '{}',
            digest bytea NOT NULL,
            is_ours boolean NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (activation, key)
        )""")
    op.execute("""
        CREATE TABLE activation_runs (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            plan_id bigint NOT NULL REFERENCES activation_plans (id) ON DELETE CASCADE,
            activation text NOT NULL,
            began_at timestamptz NOT NULL,
            ended_at timestamptz,
            began_by text NOT NULL,
            despite text[] NOT NULL DEFAULT '{}',
            state text NOT NULL DEFAULT 'running',
            counts jsonb NOT NULL DEFAULT '{}',
            calls bigint NOT NULL DEFAULT 0,
            waited_seconds double precision NOT NULL DEFAULT 0,
            problem text NOT NULL DEFAULT ''
        )""")
    op.execute("CREATE INDEX activation_runs_of ON activation_runs (activation, id DESC)")
    op.execute("""
        CREATE TABLE activation_batches (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            run_id bigint NOT NULL REFERENCES activation_runs (id) ON DELETE CASCADE,
            plan_id bigint NOT NULL REFERENCES activation_plans (id) ON DELETE CASCADE,
            op text NOT NULL,
            ticket text NOT NULL DEFAULT '',
            is_settled boolean NOT NULL DEFAULT false,
            sent_at timestamptz NOT NULL,
            settled_at timestamptz
        )""")
    op.execute("CREATE INDEX activation_batches_open ON activation_batches (plan_id) WHERE NOT is_settled")
    op.execute("""
        CREATE TABLE activation_log (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            run_id bigint NOT NULL REFERENCES activation_runs (id) ON DELETE CASCADE,
            activation text NOT NULL,
            key text NOT NULL,
            op text NOT NULL,
            target_id text NOT NULL,
            payload bytea NOT NULL,
            state text NOT NULL,
            trouble text NOT NULL,
            code text NOT NULL,
            message text NOT NULL,
            try integer NOT NULL,
            at timestamptz NOT NULL
        )""")
    op.execute("CREATE INDEX activation_log_run ON activation_log (run_id, id)")
    op.execute("CREATE INDEX activation_log_key ON activation_log (activation, key, id)")
