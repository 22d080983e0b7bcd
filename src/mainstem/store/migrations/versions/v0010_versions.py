"""What each build was made by and what came of it, and LookML as it stood: copies by their digest, so that a
number of yesterday can be asked again as it was asked then."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("CREATE TABLE kept_texts (digest text PRIMARY KEY, content bytea NOT NULL)")
    op.execute("""
        CREATE TABLE build_artifacts (
            build_id bigint PRIMARY KEY REFERENCES builds (id) ON DELETE CASCADE,
            lineage text NOT NULL REFERENCES kept_texts (digest),
            outcomes text NOT NULL REFERENCES kept_texts (digest)
        )""")
    op.execute("""
        CREATE TABLE lookml_versions (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            files jsonb NOT NULL
        )""")
