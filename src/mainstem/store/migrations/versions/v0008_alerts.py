"""Alerts on their way: which place has been told of which, and since when somebody watches.

An alert and its deliveries are written together. `begun_at` is set before a message leaves: one that still
has it without `sent_at` may have been told, and is told again with a note.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE alert_deliveries (
            key text NOT NULL REFERENCES alerts (key) ON DELETE CASCADE,
            target text NOT NULL,
            due_at timestamptz NOT NULL,
            attempts integer NOT NULL DEFAULT 0,
            message text NOT NULL DEFAULT '',
            begun_at timestamptz,
            sent_at timestamptz,
            given_up_at timestamptz,
            problem text NOT NULL DEFAULT '',
            PRIMARY KEY (key, target)
        )""")
    op.execute(
        "CREATE INDEX alert_deliveries_open ON alert_deliveries (due_at) "
        "WHERE sent_at IS NULL AND given_up_at IS NULL"
    )
    op.execute("CREATE INDEX alert_deliveries_sent ON alert_deliveries (target, sent_at)")
    op.execute("""
        CREATE TABLE alert_watch (
            id smallint PRIMARY KEY CHECK (id = 1),
            since timestamptz NOT NULL,
            looked_at timestamptz NOT NULL
        )""")
