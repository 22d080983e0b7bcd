"""Which rows of a warehouse are a person's: by the columns that name whose a row is, then by the events' ids.

In the tables of events, a row is theirs when it names them as user or anonymous id, by the id they had
before, or by an address of their traits; then every other row of the same event. Tables that models made have
names of their own for the same things: there, a row is theirs when any column is one of their longer ids.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mainstem.load.bookkeeping import QUARANTINE
from mainstem.load.discards import DISCARDS
from mainstem.load.placement import BOOKKEEPING
from mainstem.operate.erase.sought import DISTINCT, forms
from mainstem.privacy.mentions import mention
from mainstem.warehouse.contract import TableName
from mainstem.warehouse.erasing import Holds, Match

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mainstem.operate.erase.sought import Sought
    from mainstem.warehouse.erasing import Condition, Erasing

USERS = "users"
_NAMED = ("user_id", "previous_id", "anonymous_id")
_FOUND = ("anonymous_id", "previous_id")
_ADDRESSES = (
    "email",
    "phone",
    "context_traits_email",
    "context_traits_phone",
    "traits_email",
    "traits_phone",
)
_LINKING = ("identifies", "aliases")

Conditions = dict[TableName, list["Condition"]]


class Tables:
    """The tables of one warehouse, as an erasure sees them."""

    def __init__(self, erasing: Erasing, models: Collection[str], columns: Sequence[str] = ()) -> None:
        """`models` are the schemas that models are in; `columns` name users beside the usual ones."""
        self._erasing = erasing
        self._models = models
        self._columns = tuple(columns)

    def linked(self, sought: Sought) -> tuple[set[str], set[str]]:
        """User and anonymous ids that identify and alias events in the tables link with the person."""
        users: set[str] = set()
        anonymous: set[str] = set()
        for name, columns in self._erasing.tables().items():
            if name.table not in (*_LINKING, USERS) or name.namespace in (*self._models, BOOKKEEPING):
                continue
            conditions = self._of_events(name, columns, sought)
            wanted = [one for one in (*_NAMED, "id") if one in columns]
            if name.table != USERS:
                wanted = [one for one in wanted if one != "id"]
            for row in self._erasing.rows(name, conditions, wanted) if conditions and wanted else ():
                for column, value in zip(wanted, row, strict=True):
                    if value and value.strip():
                        (anonymous if column == "anonymous_id" else users).add(value.strip())
        return users, anonymous

    def conditions(self, sought: Sought) -> Conditions:
        """What is to be deleted of each table."""
        tables = self._erasing.tables()
        found: Conditions = {}
        for name, columns in tables.items():
            if name.namespace == BOOKKEEPING:
                continue
            some = (
                self._of_models(columns, sought)
                if name.namespace in self._models
                else self._of_events(name, columns, sought)
            )
            if some:
                found[name] = some
        for namespace in {name.namespace for name in tables} - {BOOKKEEPING, *self._models}:
            self._add_other_rows(namespace, tables, found)
        if QUARANTINE in tables:
            found[QUARANTINE] = self._of_quarantine(sought)
        return found

    def keys(self, sought: Sought, columns: Collection[str]) -> set[str]:
        """Values that rows of models which are theirs have in `columns`: what models call the person."""
        found: set[str] = set()
        for name, there in self._erasing.tables().items():
            wanted = [one for one in columns if one in there]
            some = self._of_models(there, sought) if name.namespace in self._models and wanted else []
            for row in self._erasing.rows(name, some, wanted) if some else ():
                found |= {value for value in row if value}
        return found

    def count(self, conditions: Conditions) -> dict[TableName, int]:
        """Rows that meet them, of tables that have any."""
        counts = {name: self._erasing.count(name, some) for name, some in conditions.items()}
        return {name: count for name, count in counts.items() if count}

    def delete(self, conditions: Conditions) -> Mapping[TableName, int]:
        return self._erasing.delete(conditions, "erasure")

    def mentions(self, sought: Sought) -> dict[TableName, int]:
        """Rows that have one of the longer ids somewhere in them, of tables that have any."""
        if not (texts := sought.texts):
            return {}
        counts = {name: self._erasing.mentions(name, texts) for name in self._erasing.tables()}
        return {name: count for name, count in counts.items() if count}

    def _of_events(self, name: TableName, columns: Sequence[str], sought: Sought) -> list[Condition]:
        some: list[Condition] = []
        named = (*_NAMED, *self._columns, *(("id",) if name.table == USERS else ()))
        where_empty = "user_id" if "user_id" in columns else None
        if name.table == DISCARDS:
            return [Match("column_value", (*sought.ids, *sought.found))]
        for column in columns:
            if column in named:
                some.append(Match(column, sought.ids))
            if column in (*named, *_ADDRESSES) and sought.addresses:
                some.append(Match(column, sought.addresses, folded=True))
            if column in _ADDRESSES:
                some.append(Match(column, sought.ids))
            if column in _FOUND and sought.found:
                some.append(Match(column, sought.found, where_empty=where_empty))
        return some

    def _of_models(self, columns: Sequence[str], sought: Sought) -> list[Condition]:
        distinct = tuple(one for one in sought.ids if len(one) >= DISTINCT)
        found = tuple(one for one in sought.found if len(one) >= DISTINCT)
        where_empty = "user_id" if "user_id" in columns else None
        some: list[Condition] = []
        for column in columns:
            values = sought.ids if column in (*_NAMED, *self._columns) else distinct
            some += [Match(column, values)] if values else []
            some += [Match(column, sought.addresses, folded=True)] if sought.addresses else []
            some += [Match(column, found, where_empty=where_empty)] if found else []
        return some

    def _add_other_rows(
        self, namespace: str, tables: Mapping[TableName, Sequence[str]], found: Conditions
    ) -> None:
        """Rows of the same events in every table of the namespace, and what was discarded of any."""
        events = {
            name: columns
            for name, columns in tables.items()
            if name.namespace == namespace and name.table not in (USERS, DISCARDS) and "id" in columns
        }
        ids = {
            row[0] or ""
            for name in events
            if name in found
            for row in self._erasing.rows(name, found[name], ["id"])
        } - {""}
        if ids:
            for name in events:
                found.setdefault(name, []).append(Match("id", tuple(sorted(ids))))
        discards, users = TableName(namespace, DISCARDS), TableName(namespace, USERS)
        if discards in tables:
            if users in found:
                ids |= {row[0] or "" for row in self._erasing.rows(users, found[users], ["id"])} - {""}
            if ids:
                found[discards].append(Match("row_id", tuple(sorted(ids))))

    def _of_quarantine(self, sought: Sought) -> list[Condition]:
        texts = tuple(dict.fromkeys(form for one in (*sought.ids, *sought.found) for form in forms(one)))
        person, theirs = sought.person, []
        for (text,) in self._erasing.rows(QUARANTINE, [Holds("event", texts)], ["event"]):
            if text is not None and any(event in person for event in _parsed(text, sought)):
                theirs.append(text)
        return [Match("event", tuple(theirs))] if theirs else []


def _parsed(text: str, sought: Sought) -> Iterator[object]:
    """The event in a row of the quarantine, or in the record that could not be read; where there is none, an
    event that is theirs, if one of the longer ids stands in the text."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        if sought.distinct and re.search(mention(sought.texts), text):
            yield {"userId": sought.distinct[0]}
        return
    yield value
    if isinstance(value, dict):
        yield value.get("event")
