"""What a project says of a Postgres database that is read."""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.config import Secret
from mainstem.connectors.settings import ConnectorSettings


class PostgresSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "postgres"`. Tables are written as in the database, `schema.table`,
    and may hold `*`; a name without a schema is one of `public`."""

    url: Secret | None = None
    """`postgresql://reader@db.example.com:5432/shop?sslmode=verify-full`, best as `env:NAME`. A role that may
    only read, of a replica where there is one."""
    password: Secret | None = None
    """The role's password, where the address does not hold it."""
    schemas: tuple[str, ...] = ("public",)
    """Schemas whose tables are read. Tables of `public` keep their names, those of others are
    `<schema>_<table>`."""
    tables: tuple[str, ...] = ()
    """Tables that are read; left out, every table of `schemas`. Views, materialised views and foreign tables
    are read where their whole name stands here."""
    without_tables: tuple[str, ...] = ()
    """Tables that are not."""
    columns: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 # a Struct copies it
    """Columns that are read, by table: `{ "public.users" = ["id", "email"] }`; left out, all that the role
    may read."""
    without_columns: tuple[str, ...] = ()
    """Columns that are not: `["users.password_hash", "*.*_token"]`."""
    pseudonymise: tuple[str, ...] = ()
    """Columns of which the pseudonym alone is kept, in `<column>_pseudonym`: `["users.phone"]`."""
    keys: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 # a Struct copies it
    """Columns that tell rows apart, by table, where it has no primary key."""
    cursor: tuple[str, ...] = ("updated_at",)
    """Columns that hold when a row changed: the first that a table has, as a never empty moment, is what it
    is read by; else `xmin`."""
    cursors: dict[str, str] = {}  # noqa: RUF012 # a Struct copies it
    """What a table is read by, where it is something else: a column of moments, dates or whole numbers that
    grows with every change; `xmin`; or `""` for the whole table each time."""
    overlap_minutes: Annotated[float, msgspec.Meta(ge=0)] = 10.0
    """How far before the newest moment seen each run begins: as long as a transaction may stay open that
    writes."""
    overlap_values: Annotated[int, msgspec.Meta(ge=0)] = 1000
    """The same for columns of whole numbers."""
    deleted_hours: Annotated[float, msgspec.Meta(ge=0)] = 24.0
    """Hours after which every key that stands in the warehouse is asked for again, to find deleted rows; 0
    for each run. Tables that are read whole need no asking."""
    time_zone: str = "UTC"
    """Of columns `timestamp` without time zone."""
    batch_rows: Annotated[int, msgspec.Meta(ge=1)] = 5000
    """Rows fetched at once."""
    statement_timeout: Annotated[float, msgspec.Meta(gt=0)] = 600.0
    """Seconds that the database works on one statement at most, and that a session waits for the next."""
    lock_timeout: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    """Seconds that a statement waits for a table that is being altered."""
