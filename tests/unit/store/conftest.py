"""A migrated database of its own for a test, and a folder an embedded server may run in."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.store import Database
    from mainstem.store.table import Table


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder whose parents any user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def columns_of(database: Database) -> Callable[[Table], dict[str, str]]:
    """What a table's columns are, written as `Table` has them."""

    def found(table: Table) -> dict[str, str]:
        with database.transaction() as connection:
            rows = connection.execute(
                "SELECT attname, format_type(atttypid, atttypmod) "
                "|| CASE WHEN attnotnull THEN '' ELSE '?' END FROM pg_attribute "
                "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
                (table.name,),
            ).fetchall()
        return dict(rows)

    return found
