"""Favourites of fields and explores, and the questions that each user asked."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE favourites (
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            model text NOT NULL,
            explore text NOT NULL,
            field text NOT NULL DEFAULT '',
            marked_at timestamptz NOT NULL,
            PRIMARY KEY (user_id, model, explore, field)
        )""")
    op.execute("""
        CREATE TABLE asked_questions (
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            digest text NOT NULL,
            model text NOT NULL,
            explore text NOT NULL,
            address text NOT NULL,
            title text NOT NULL,
            rows bigint NOT NULL,
            asked_at timestamptz NOT NULL,
            times integer NOT NULL DEFAULT 1,
            PRIMARY KEY (user_id, digest)
        )""")
    op.execute("CREATE INDEX asked_questions_newest ON asked_questions (user_id, asked_at DESC)")
