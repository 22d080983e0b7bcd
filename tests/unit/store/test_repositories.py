from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest

import mainstem.store.accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.store import Database
    from mainstem.store.table import Table


def tables() -> list[Table]:
    """What every repository says it needs."""
    package = mainstem.store.accounts
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    ]
    return [table for module in modules for table in getattr(module, "TABLES", None) or (module.TABLE,)]


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_a_table_is_what_its_repository_needs(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_every_table_of_accounts_has_its_repository(database: Database) -> None:
    assert {table.name for table in tables()} == {
        "users",
        "sessions",
        "api_tokens",
        "one_time_links",
        "login_attempts",
        "audit_log",
        "groups",
        "group_members",
        "group_attributes",
        "user_attributes",
    }
