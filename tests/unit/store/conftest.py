"""A migrated database of its own for a test, and a folder an embedded server may run in."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mainstem.store import Database, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress


@pytest.fixture
def database(catalog: PostgresAddress) -> Iterator[Database]:
    upgrade(catalog)
    database = Database(catalog, name="test", largest=4)
    yield database
    database.close()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder whose parents any user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="mainstem-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
