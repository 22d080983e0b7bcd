"""Bring the database `mainstem` to the schema this program needs, or say why it cannot be used.

Promise: whoever upgrades holds one advisory lock, so two that start at once do it once; a revision is
applied whole or not at all. It never goes back: a newer schema is refused and left as it is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

_MIGRATIONS = Path(__file__).with_name("migrations")
_UPGRADE_LOCK = 0x6D61696E7374656D + 2  # "mainstem" in ASCII, and a number of its own after the lake's two


def revisions() -> list[str]:
    """Every revision this program knows, oldest first, by the names of their files: `v0001_accounts.py`."""
    found = (re.match(r"v(\d{4})_", file.name) for file in (_MIGRATIONS / "versions").glob("v*.py"))
    return sorted(match.group(1) for match in found if match)


def upgrade(database: PostgresAddress, revision: str = "head") -> None:
    """Apply the revisions that are missing, up to `revision`. Waits for another that is doing so.

    Raises EnvironmentFailure when the schema is newer than this program.
    """
    with psycopg.connect(**database.libpq(), autocommit=True) as held:
        held.execute("SELECT pg_advisory_lock(%s)", (_UPGRADE_LOCK,))
        if (present := current_revision(held)) is not None:
            _refuse_newer(present)
        if present != revisions()[-1]:
            _run_alembic(database, revision)


def check_schema(connection: psycopg.Connection) -> None:
    """Raises EnvironmentFailure when the schema is not the one this program was written for."""
    present = current_revision(connection)
    if present is not None:
        _refuse_newer(present)
    if present != (needed := revisions()[-1]):
        raise EnvironmentFailure(
            f"the database mainstem is at revision {present or 'none'} and this version needs {needed}: "
            "run `mainstem up` once, which upgrades it"
        )


def current_revision(connection: psycopg.Connection) -> str | None:
    """The revision the database is at; None when it is empty."""
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return None if row is None else str(row[0])


def _refuse_newer(present: str) -> None:
    known = revisions()
    if present not in known:
        raise EnvironmentFailure(
            f"the database mainstem is at revision {present}, which this version does not know "
            f"(it knows up to {known[-1]}): a newer Mainstem has upgraded it; install that version or newer"
        )


def _run_alembic(database: PostgresAddress, revision: str) -> None:
    # Importing these takes 0.3 s, which a process that finds its schema up to date does not pay.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(**database.libpq()),
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
