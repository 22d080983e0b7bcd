"""Where a Postgres database is and who asks, in the two spellings that clients want."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Required, TypedDict
from urllib.parse import parse_qs, unquote, urlsplit

from mainstem.config.secret import Secret


class Libpq(TypedDict, total=False):
    """What libpq calls the parts of an address."""

    host: Required[str]
    port: Required[int]
    user: Required[str]
    dbname: Required[str]
    password: str
    sslmode: str


@dataclass(frozen=True)
class PostgresAddress:
    """One database on one server, with the role that connects. Its text never shows the password."""

    host: str
    """A host name, or the folder of a Unix socket."""
    port: int
    user: str
    database: str
    password: Secret | None = None
    sslmode: str | None = None

    def with_database(self, database: str, user: str) -> PostgresAddress:
        return replace(self, database=database, user=user)

    def libpq(self) -> Libpq:
        """Keyword arguments of `psycopg.connect`. They hold the password: never log them."""
        values: Libpq = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "dbname": self.database,
        }
        if self.password is not None:
            values["password"] = self.password.reveal()
        if self.sslmode is not None:
            values["sslmode"] = self.sslmode
        return values

    @classmethod
    def parse(cls, url: str) -> PostgresAddress:
        """Read `postgresql://user:password@host:port/database?sslmode=…`, or `?host=/socket/folder`.

        Raises ValueError that does not repeat the URL, since it may hold a password.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("postgresql", "postgres"):
            raise ValueError("a Postgres URL starts with postgresql://")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        unknown = set(options) - {"host", "port", "sslmode"}
        if unknown:
            raise ValueError(
                f"unknown Postgres URL option {', '.join(sorted(unknown))} (valid: host, port, sslmode)"
            )
        database = unquote(parts.path.lstrip("/"))
        if not database:
            raise ValueError("the Postgres URL names no database: postgresql://user@host/DATABASE")
        return cls(
            host=options.get("host") or parts.hostname or "localhost",
            port=int(options.get("port") or parts.port or 5432),
            user=unquote(parts.username or "postgres"),
            database=database,
            password=Secret(unquote(parts.password)) if parts.password else None,
            sslmode=options.get("sslmode"),
        )
