"""Carry out a plan inside one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mainstem.load.plan import AddColumns, AppendRows, CreateTable, MergeUsers, Step
from mainstem.load.stage import staged
from mainstem.load.users import merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.warehouse import Capabilities, Transaction

_IDS_A_QUERY = 1000


def perform(steps: Sequence[Step], transaction: Transaction, capabilities: Capabilities) -> None:
    """Raises what the transaction raises; then nothing of it stays."""
    for step in steps:
        match step:
            case CreateTable():
                transaction.create_table(step.name, step.columns)
            case AddColumns():
                transaction.add_columns(step.name, step.columns)
            case AppendRows():
                transaction.append(step.name, _together(step))
            case MergeUsers():
                _merge(step, transaction, capabilities)


def _together(step: AppendRows) -> pa.Table:
    parts = [*([staged(step.rows, step.columns)] if step.rows else []), *step.columnar]
    if len(parts) > 1:
        parts = _with_one_type(parts)
    return pa.concat_tables(parts, promote_options="default").unify_dictionaries()


def _with_one_type(parts: Sequence[pa.Table]) -> list[pa.Table]:
    """Texts that are a dictionary in one part become one in all."""
    repeated = {field.name: field.type for part in parts for field in part.schema if _is_dictionary(field)}
    return [
        part.cast(pa.schema([field.with_type(repeated.get(field.name, field.type)) for field in part.schema]))
        for part in parts
    ]


def _is_dictionary(field: pa.Field) -> bool:
    return bool(pa.types.is_dictionary(field.type))


def _merge(step: MergeUsers, transaction: Transaction, capabilities: Capabilities) -> None:
    standing = _standing(step, transaction, capabilities) if step.stands else []
    if standing:
        transaction.delete(step.name, step.key, [row[step.key] for row in standing])
    rows = merged(standing, step.rows, key=step.key, latest_by=step.latest_by)
    transaction.append(step.name, staged(rows, step.columns))


def _standing(step: MergeUsers, transaction: Transaction, capabilities: Capabilities) -> list[dict[str, Any]]:
    """The rows that arriving ones are merged into, moments as microseconds of UTC.

    As Python's datetimes, moments of the year 1 could not be read in a session west of UTC.
    """
    table = capabilities.qualified(step.name.namespace, step.name.table)
    key = capabilities.quoted(step.key)
    ids = sorted({row[step.key] for row in step.rows})
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), _IDS_A_QUERY):
        some = ids[start : start + _IDS_A_QUERY]
        marks = ", ".join("?" * len(some))
        found = transaction.query(f"SELECT * FROM {table} WHERE {key} IN ({marks})", some)  # noqa: S608 # names are quoted, ids are parameters
        rows += _with_plain_moments(found).to_pylist()
    return rows


def _with_plain_moments(rows: pa.Table) -> pa.Table:
    for position, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            microseconds = rows.column(position).cast(pa.timestamp("us", field.type.tz)).cast(pa.int64())
            rows = rows.set_column(position, field.name, microseconds)
    return rows
