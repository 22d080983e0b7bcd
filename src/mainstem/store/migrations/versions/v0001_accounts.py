"""Who may come in: users, sessions, API tokens, one-time links, login attempts, and the audit log.

Only hashes (SHA-256) of sessions, tokens and links are kept, and argon2 hashes of passwords.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE users (
            id uuid PRIMARY KEY,
            login text NOT NULL,
            role text NOT NULL,
            password_hash text,
            created_at timestamptz NOT NULL,
            last_login_at timestamptz,
            disabled_at timestamptz,
            CONSTRAINT users_role CHECK (role IN ('viewer', 'explorer', 'developer', 'admin'))
        )""")
    op.execute("CREATE UNIQUE INDEX users_login ON users (lower(login))")
    op.execute("""
        CREATE TABLE sessions (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            token_hash bytea NOT NULL UNIQUE,
            created_at timestamptz NOT NULL,
            last_seen_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            address text NOT NULL,
            user_agent text NOT NULL
        )""")
    op.execute("CREATE INDEX sessions_user ON sessions (user_id)")
    op.execute("CREATE INDEX sessions_expires ON sessions (expires_at)")
    op.execute("""
        CREATE TABLE api_tokens (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            name text NOT NULL,
            token_hash bytea NOT NULL UNIQUE,
            role text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz,
            last_used_at timestamptz,
            revoked_at timestamptz,
            CONSTRAINT api_tokens_role CHECK (role IN ('viewer', 'explorer', 'developer', 'admin'))
        )""")
    op.execute("CREATE INDEX api_tokens_user ON api_tokens (user_id)")
    op.execute("""
        CREATE TABLE one_time_links (
            id uuid PRIMARY KEY,
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            token_hash bytea NOT NULL UNIQUE,
            purpose text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            CONSTRAINT one_time_links_purpose CHECK (purpose IN ('password', 'login'))
        )""")
    op.execute("CREATE INDEX one_time_links_user ON one_time_links (user_id)")
    op.execute("""
        CREATE TABLE login_attempts (
            id uuid NOT NULL,
            subject bytea NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (id, subject)
        )""")
    op.execute("CREATE INDEX login_attempts_subject ON login_attempts (subject, at)")
    op.execute("CREATE INDEX login_attempts_at ON login_attempts (at)")
    op.execute("""
        CREATE TABLE audit_log (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            actor_id uuid,
            actor text,
            address text,
            action text NOT NULL,
            target text,
            details jsonb NOT NULL DEFAULT '{}'
        )""")
    op.execute("CREATE INDEX audit_log_action ON audit_log (action, id)")
    op.execute("CREATE INDEX audit_log_actor ON audit_log (actor, id)")
