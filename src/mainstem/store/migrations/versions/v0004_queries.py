"""The query log: what was asked of the warehouse, by whom, from where, and what it took.

The text of a query is kept once, however often it is run, and for fewer days than the fact that it ran.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE query_texts (
            hash text PRIMARY KEY,
            text text NOT NULL,
            last_run_at timestamptz NOT NULL
        )""")
    op.execute("CREATE INDEX query_texts_last_run_at ON query_texts (last_run_at)")
    op.execute("""
        CREATE TABLE query_runs (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            via text NOT NULL,
            login text,
            page text NOT NULL,
            dashboard text,
            tile text,
            model text,
            explore text,
            hash text NOT NULL,
            rows bigint,
            bytes bigint,
            seconds double precision NOT NULL,
            cached boolean NOT NULL,
            error text
        )""")
    op.execute("CREATE INDEX query_runs_at ON query_runs (at)")
    op.execute("CREATE INDEX query_runs_hash ON query_runs (hash, at)")
