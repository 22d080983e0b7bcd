"""What upkeep of the lake did, with figures before and after."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE upkeep_steps (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            step text NOT NULL,
            subject text NOT NULL,
            files_before bigint NOT NULL,
            files_after bigint NOT NULL,
            bytes_before bigint NOT NULL,
            bytes_after bigint NOT NULL,
            rows bigint NOT NULL,
            seconds double precision NOT NULL,
            problem text NOT NULL
        )""")
    op.execute("CREATE INDEX upkeep_steps_of ON upkeep_steps (step, subject, id)")
    op.execute("CREATE INDEX upkeep_steps_at ON upkeep_steps (at)")
