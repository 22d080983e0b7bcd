"""A role that reads one database and changes nothing in it: for people with tools of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.store.roles import Limits, connect, ensure_role, exists, named, one_at_a_time, set_password

if TYPE_CHECKING:
    import psycopg

    from mainstem.config import PostgresAddress, Secret

ANALYST = "analyst"
"""Role that may read the lake's catalog."""

_LIMITS = Limits(connections=20, statement_s=300, read_only=True)
_OWN_SCHEMAS = (
    "SELECT nspname FROM pg_namespace WHERE nspowner = current_user::regrole AND nspname !~ '^pg_' ORDER BY 1"
)
_MAY_READ_WHAT_COMES = (
    "SELECT 1 FROM pg_default_acl, aclexplode(defaclacl) AS right_ WHERE defaclobjtype = 'r' "
    "AND defaclrole = current_user::regrole AND right_.grantee = %s::regrole"
)


def ensure_reader(
    superuser: PostgresAddress, database: PostgresAddress, role: str, password: Secret | None
) -> None:
    """Let `role` connect to `database` and read every table its owner has made or will make.

    On a server with passwords it may log in only when it is given one.
    """
    with one_at_a_time(superuser) as connection:
        ensure_role(connection, role, _LIMITS)
        _let_in(connection, role, superuser.password is None or password is not None)
        if password is not None:
            set_password(connection, role, password)
        with connect(database) as owner:
            if not exists(owner, _MAY_READ_WHAT_COMES, role):
                _grant_reading(owner, role, database.database)


def _let_in(connection: psycopg.Connection, role: str, wanted: bool) -> None:
    if exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s AND rolcanlogin", role) != wanted:
        connection.execute(named(f"ALTER ROLE {{}} {'LOGIN' if wanted else 'NOLOGIN'}", role))


def _grant_reading(owner: psycopg.Connection, role: str, database: str) -> None:
    owner.execute(named("GRANT CONNECT ON DATABASE {} TO {}", database, role))
    owner.execute(named("ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {}", role))
    for (schema,) in owner.execute(_OWN_SCHEMAS.encode()).fetchall():
        owner.execute(named("GRANT USAGE ON SCHEMA {} TO {}", schema, role))
        owner.execute(named("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}", schema, role))
    # Last: its presence says that the rest was done.
    owner.execute(named("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {}", role))
