"""Builds, and which of them readers are shown.

A publication points at a build, the build at a snapshot of the lake. The newest publication counts; rows are
only added, so the history of what was shown when is never lost.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE builds (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            command text[] NOT NULL,
            asked_by text NOT NULL,
            started_at timestamptz NOT NULL,
            finished_at timestamptz,
            success boolean,
            partial text NOT NULL DEFAULT '',
            models integer NOT NULL DEFAULT 0,
            tests integer NOT NULL DEFAULT 0,
            failures text[] NOT NULL DEFAULT '{}',
            snapshot bigint,
            consequence text NOT NULL DEFAULT '',
            CONSTRAINT builds_finished CHECK ((finished_at IS NULL) = (success IS NULL))
        )""")
    op.execute("CREATE INDEX builds_unfinished ON builds (id) WHERE finished_at IS NULL")
    op.execute("""
        CREATE TABLE publications (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            build_id bigint NOT NULL REFERENCES builds (id),
            published_at timestamptz NOT NULL,
            published_by text NOT NULL,
            reason text NOT NULL,
            hold boolean NOT NULL DEFAULT false,
            CONSTRAINT publications_reason CHECK (reason IN ('build', 'rollback', 'release'))
        )""")
    op.execute("CREATE INDEX publications_build ON publications (build_id)")
