"""The package's models as text for Snowflake, without one.

dbt compiles them on a built DuckDB lake, and takes the macros that it would take there: what a dispatched
macro of the package, or of dbt's own for all databases, says for Snowflake. Looking at what exists stays
DuckDB's, and what dbt-snowflake itself adds is not there. Models that exist are compiled as for their next
build, and whatever that asks the warehouse is answered with a day.
"""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dbt.include.global_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from mainstem.testing.company import CompanyLake

_CROSS_DATABASE = frozenset(
    file.stem
    for file in (Path(dbt.include.global_project.__file__).parent / "macros" / "utils").glob("*.sql")
) | {"type_string", "type_bigint", "type_int", "type_boolean", "type_float", "type_numeric", "type_timestamp"}
_ASKED = "select cast(m"
"""How the package's macros that ask for a newest or a least value begin."""
_COUNTED = "select datediff("
"""How dbt's `date_spine` asks for the length of a calendar."""


def compiled_for_snowflake(
    lake: CompanyLake,
    monkeypatch: pytest.MonkeyPatch,
    selected: str = "resource_type:model",
    *arguments: str,
) -> dict[str, str]:
    """By model: its text, of all that the target folder holds. The lake is read and not changed."""
    with _answering_as_snowflake(monkeypatch):
        built = lake.build("compile", "--select", selected, *arguments)
    assert built.failures == ()
    files = (lake.folder / "target" / "compiled" / "company" / "models").rglob("*.sql")
    return {file.stem: file.read_text(encoding="utf-8") for file in files if "yml" not in str(file.parent)}


@contextmanager
def _answering_as_snowflake(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import agate  # type: ignore[import-untyped] # agate ships no types
    from dbt.adapters.contracts.connection import AdapterResponse
    from dbt.adapters.duckdb.impl import DuckDBAdapter
    from dbt.context.providers import BaseDatabaseWrapper

    dispatch, prefixes = BaseDatabaseWrapper.dispatch, BaseDatabaseWrapper._get_adapter_macro_prefixes
    execute = DuckDBAdapter.execute
    abroad = [False]

    def dispatched(
        self: Any, macro_name: str, macro_namespace: str | None = None, packages: Any = None
    ) -> Any:
        abroad[0] = macro_namespace == "company" or macro_name in _CROSS_DATABASE
        try:
            return dispatch(self, macro_name, macro_namespace, packages)
        finally:
            abroad[0] = False

    def named(self: Any) -> list[str]:
        return ["snowflake", "default"] if abroad[0] else prefixes(self)

    def answered(self: Any, sql: str, *arguments: Any, **options: Any) -> Any:
        if sql.lstrip().startswith(_ASKED):
            return AdapterResponse("a day"), agate.Table([["2026-03-01"]], ["newest"])
        if sql.lstrip().startswith(_COUNTED):
            return AdapterResponse("days"), agate.Table([[Decimal(400)]], ["days"])
        return execute(self, sql, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "dispatch", dispatched)
        patched.setattr(BaseDatabaseWrapper, "_get_adapter_macro_prefixes", named)
        patched.setattr(DuckDBAdapter, "execute", answered)
        yield
