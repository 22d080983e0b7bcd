"""Whose records a plan is about: what is known of those of one service is not taken for another's."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE activation_plans ADD COLUMN address bytea NOT NULL DEFAULT ''")
