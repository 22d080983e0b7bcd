"""What users may see: groups with the models they open, values of user attributes, and administrators who
look at pages as somebody else.

Everybody is in the group that says so, which stands last; until somebody narrows it, it opens every model.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE groups (
            id uuid PRIMARY KEY,
            name text NOT NULL,
            everybody boolean NOT NULL DEFAULT false,
            position integer NOT NULL,
            models text[],
            created_at timestamptz NOT NULL
        )""")
    op.execute("CREATE UNIQUE INDEX groups_name ON groups (lower(name))")
    op.execute("CREATE UNIQUE INDEX groups_everybody ON groups (everybody) WHERE everybody")
    op.execute("""
        INSERT INTO groups (id, name, everybody, position, models, created_at)
        VALUES (gen_random_uuid(), 'Everybody', true, 2147483647, NULL, now())""")
    op.execute("""
        CREATE TABLE group_members (
            group_id uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            PRIMARY KEY (group_id, user_id)
        )""")
    op.execute("CREATE INDEX group_members_user ON group_members (user_id)")
    op.execute("""
        CREATE TABLE group_attributes (
            group_id uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
            name text NOT NULL,
            value text NOT NULL,
            PRIMARY KEY (group_id, name)
        )""")
    op.execute("""
        CREATE TABLE user_attributes (
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            name text NOT NULL,
            chosen boolean NOT NULL,
            value text NOT NULL,
            PRIMARY KEY (user_id, name, chosen)
        )""")
    op.execute("ALTER TABLE sessions ADD COLUMN seen_as uuid REFERENCES users (id) ON DELETE CASCADE")
