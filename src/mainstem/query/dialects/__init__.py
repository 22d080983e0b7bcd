"""In which words warehouses differ where SQL itself does, a module per dialect.

`dialect_of` finds one by the name in a warehouse's Capabilities; nothing else asks for names.
"""

from __future__ import annotations

from mainstem.errors import QueryError
from mainstem.query.dialects.bigquery import BigQuery
from mainstem.query.dialects.contract import Dialect
from mainstem.query.dialects.duckdb import DuckDb
from mainstem.query.dialects.postgres import Postgres
from mainstem.query.dialects.redshift import Redshift
from mainstem.query.dialects.snowflake import Snowflake

DIALECTS: dict[str, Dialect] = {
    "duckdb": DuckDb(),
    "snowflake": Snowflake(),
    "postgres": Postgres(),
    "bigquery": BigQuery(),
    "redshift": Redshift(),
}

__all__ = ["DIALECTS", "Dialect", "dialect_of"]


def dialect_of(name: str) -> Dialect:
    """Raises QueryError for a dialect nobody wrote."""
    if name not in DIALECTS:
        raise QueryError(f"no SQL can be written for dialect {name!r}; valid are {', '.join(DIALECTS)}")
    return DIALECTS[name]
