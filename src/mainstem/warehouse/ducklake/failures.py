"""What an error of DuckDB's means: try again later, mend the question, or stop.

The class of the error does not tell: when Postgres goes away in the middle, DuckDB speaks of a failed
binding as readily as of a lost connection. So the text is looked at, and the catalog is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import psycopg

from mainstem.errors import EnvironmentFailure, MainstemError, QueryError, WarehouseBusy

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

_ANSWERS_WITHIN_SECONDS = 3

# A commit lost against another, or object storage that did not answer.
_PASSING = (duckdb.TransactionException, duckdb.ConnectionException, duckdb.HTTPException)

# What libpq says of a connection that was good until now.
_LOST = (
    "server closed the connection",
    "terminating connection",
    "no connection to the server",
    "connection to server",
    "could not receive data from server",
    "could not send data to server",
    "the database system is",
)


def is_passing(error: duckdb.Error, catalog: PostgresAddress) -> bool:
    """Whether the same thing may succeed later. Asks the catalog where the error itself does not say."""
    text = str(error)
    if isinstance(error, _PASSING) or any(words in text for words in _LOST):
        return True
    return not _answers(catalog)


def query_failure(error: duckdb.Error, catalog: PostgresAddress) -> MainstemError:
    """WarehouseBusy, QueryError for SQL that is not valid, EnvironmentFailure for files out of reach."""
    if is_passing(error, catalog):
        return WarehouseBusy(str(error))
    if isinstance(error, duckdb.IOException):
        return EnvironmentFailure(f"the lake's files cannot be read: {error}")
    return QueryError(str(error))


def _answers(catalog: PostgresAddress) -> bool:
    try:
        with psycopg.connect(**catalog.libpq(), connect_timeout=_ANSWERS_WITHIN_SECONDS) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True
