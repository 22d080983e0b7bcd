"""Cohorts: what they are, how many were in them when, and who is in them now.

`cohort_members` holds members as of the newest count that came to an end; earlier counts leave their sizes. A
member's `since` is the count with which it came in last. `in_lake` is the count that the lake's table shows.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE cohorts (
            name text PRIMARY KEY,
            title text NOT NULL,
            description text NOT NULL DEFAULT '',
            owner text NOT NULL,
            unit text NOT NULL,
            model text NOT NULL,
            explores text[] NOT NULL,
            is_dynamic boolean NOT NULL,
            definition jsonb NOT NULL,
            pick jsonb NOT NULL,
            asking jsonb NOT NULL,
            made_at timestamptz NOT NULL,
            as_of timestamptz,
            size bigint,
            problem text NOT NULL DEFAULT '',
            in_lake timestamptz
        )""")
    op.execute("""
        CREATE TABLE cohort_counts (
            cohort text NOT NULL REFERENCES cohorts (name) ON DELETE CASCADE,
            as_of timestamptz NOT NULL,
            size bigint NOT NULL,
            entered bigint NOT NULL,
            left_it bigint NOT NULL,
            seconds double precision NOT NULL,
            PRIMARY KEY (cohort, as_of)
        )""")
    op.execute("""
        CREATE TABLE cohort_members (
            cohort text NOT NULL REFERENCES cohorts (name) ON DELETE CASCADE,
            id text NOT NULL,
            since timestamptz NOT NULL
        )""")
    op.execute("CREATE INDEX cohort_members_cohort ON cohort_members (cohort, id)")
    op.execute("CREATE INDEX cohort_members_id ON cohort_members (id)")
