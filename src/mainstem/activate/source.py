"""Rows of an activation's source, read from what is published a few thousand at a time."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from mainstem.errors import UsageError
from mainstem.warehouse.streaming import Streaming

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.activate.definition import Activation
    from mainstem.warehouse import Warehouse

_COHORTS = ("cohorts", "members")


class WarehouseRows:
    """A `planning.Rows`."""

    def __init__(
        self,
        activation: Activation,
        warehouse: Warehouse,
        schema: str,
        snapshot: int | None,
        cohorts: Mapping[str, bool],
    ) -> None:
        """`schema` is where models stand that name none; `cohorts` are those there are, by name, and whether
        their members stand in the lake. Raises UsageError for a source there is not."""
        self.snapshot = snapshot
        self._cohorts = cohorts
        self._warehouse = warehouse
        self._activation = activation
        self._from = self._relation(schema)
        self.columns: Sequence[str] = warehouse.query(f"SELECT * FROM {self._from} LIMIT 0").column_names  # noqa: S608 # quoted names, or the activation's own SELECT

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        quoted = self._warehouse.capabilities.quoted
        columns = ", ".join(quoted(one) for one in self._activation.columns())
        sql = f"SELECT {columns} FROM {self._from}"  # noqa: S608 # as above
        if not isinstance(self._warehouse, Streaming):
            yield from _rows(self._warehouse.query(sql))
            return
        with self._warehouse.stream(sql) as batches:
            for batch in batches:
                yield from _rows(batch)

    def _relation(self, schema: str) -> str:
        source, capabilities = self._activation.source, self._warehouse.capabilities
        if source.sql:
            return f"({source.sql.strip().rstrip(';')}\n) AS source"  # its last line may be a comment
        if source.cohort:
            self._ensure_counted(source.cohort)
            members = capabilities.qualified(*_COHORTS)
            name = source.cohort.replace("'", "''")
            return f"(SELECT * FROM {members} WHERE cohort = '{name}') AS source"  # noqa: S608 # quoted
        namespace, _, table = source.model.rpartition(".")
        namespace = namespace or schema
        there = self._warehouse.columns(namespace)
        if table not in there:
            raise UsageError(
                f"activation {self._activation.name}: there is no published model {namespace}.{table}; "
                "`mainstem build` publishes models, and source: { model: schema.name } names another schema"
            )
        return capabilities.qualified(namespace, table)

    def _ensure_counted(self, cohort: str) -> None:
        """One that is misspelt, or was never brought into the lake, would read as if all had left it."""
        name = self._activation.name
        if cohort not in self._cohorts:
            near = get_close_matches(cohort, list(self._cohorts), 1)
            hint = f", but {near[0]!r}" if near else ""
            there = ", ".join(sorted(self._cohorts)) or "none yet"
            raise UsageError(f"activation {name}: there is no cohort {cohort!r}{hint}; there are: {there}")
        if not self._cohorts[cohort]:
            raise UsageError(
                f"activation {name}: the members of cohort {cohort!r} are not in the lake yet; "
                "`mainstem cohorts refresh` counts them and brings them there"
            )


def _rows(table: Any) -> Iterator[Mapping[str, object]]:
    """Of an Arrow table or batch."""
    names = table.schema.names
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        yield dict(zip(names, row, strict=True))
