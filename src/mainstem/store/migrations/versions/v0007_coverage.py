"""What each build went through, so that several builds together can stand for the whole project.

A build without a row here may have changed anything: it died, or ran what has no nodes.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("ALTER TABLE builds ADD COLUMN run text NOT NULL DEFAULT ''")
    op.execute("CREATE INDEX builds_run ON builds (run) WHERE run <> ''")
    op.execute("""
        CREATE TABLE dbt_projects (
            digest text PRIMARY KEY,
            nodes jsonb NOT NULL
        )""")
    op.execute("""
        CREATE TABLE build_coverage (
            build_id bigint PRIMARY KEY REFERENCES builds (id) ON DELETE CASCADE,
            project text NOT NULL REFERENCES dbt_projects (digest),
            good text[] NOT NULL,
            bad text[] NOT NULL
        )""")
