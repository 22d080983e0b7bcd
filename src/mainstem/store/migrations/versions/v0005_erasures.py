"""Erasures: what each step came to. Whom they were about is known by a keyed hash alone."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE erasures (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            person text NOT NULL,
            asked_by text NOT NULL,
            began_at timestamptz NOT NULL,
            ended_at timestamptz,
            steps jsonb NOT NULL,
            UNIQUE (person, began_at)
        )""")
