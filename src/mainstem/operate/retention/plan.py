"""Which rows a retention rule is about. Pure: tables and rules in, conditions out."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mainstem.load.bookkeeping import QUARANTINE
from mainstem.load.placement import BOOKKEEPING
from mainstem.warehouse.erasing import OldRows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.operate.retention.settings import RetentionRule
    from mainstem.warehouse.contract import TableName
    from mainstem.warehouse.erasing import Condition

RECEIVED_AT = "received_at"
_ONLY_BY_NAME = "users"


def plan_retention(
    rules: Iterable[RetentionRule],
    tables: Mapping[TableName, Sequence[str]],
    namespaces: Mapping[str, str],
    models: Collection[str],
    now: datetime,
) -> dict[TableName, list[Condition]]:
    """What is to be deleted of each table, given its columns.

    `namespaces` has the schema of each source, by id; `models` are schemas to leave alone.
    """
    found: dict[TableName, list[Condition]] = {}
    for rule in rules:
        for name, columns in tables.items():
            if (
                name.namespace in models
                or RECEIVED_AT not in columns
                or not _is_meant(rule, name, namespaces)
            ):
                continue
            if rule.events and "event" not in columns:
                continue
            before = now - timedelta(days=rule.keep_days)
            found.setdefault(name, []).append(OldRows(RECEIVED_AT, before, rule.events))
    return found


def _is_meant(rule: RetentionRule, name: TableName, namespaces: Mapping[str, str]) -> bool:
    if rule.source is not None and namespaces.get(rule.source) != name.namespace:
        return False
    if name.namespace == BOOKKEEPING:
        return name == QUARANTINE and rule.tables == str(name)
    schema, _, table = rule.tables.rpartition(".")
    if name.table == _ONLY_BY_NAME and table != _ONLY_BY_NAME:
        return False
    return fnmatchcase(name.table, table) and fnmatchcase(name.namespace, schema or "*")
