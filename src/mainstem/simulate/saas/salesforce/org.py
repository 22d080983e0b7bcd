"""The rows of the simulated org: written by its rules, each change stamped, deleted ones kept in the bin.

A row that breaks a rule is refused with the code that Salesforce has for it, and nothing of it is written.
It answers nothing and counts no calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.salesforce.ids import long_id, record_id
from mainstem.simulate.saas.salesforce.rules import DERIVED, FORMULAS, check
from mainstem.simulate.saas.salesforce.schema import Field, Object, objects
from mainstem.simulate.saas.salesforce.soql import SoqlError
from mainstem.simulate.saas.salesforce.values import RowError, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

Row = dict[str, Any]
KEY = "External_Id__c"
_STAMPS = ("SystemModstamp", "LastModifiedDate")


class Org:
    def __init__(self) -> None:
        self.objects = objects()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in self.objects}
        """By object and id, those in the bin too."""
        self.deleted: dict[str, dict[str, datetime]] = {name: {} for name in self.objects}
        """When each was deleted, also of those that the bin has no more."""
        self.by = record_id(self.objects["User"].prefix, 1)
        """Whom rows are written by."""
        self.watched: Callable[[str, Row | None, Row], None] | None = None
        """Told of each write: the object, the row before (None of a new one) and after."""
        self._numbers: dict[str, int] = {}
        self._keys: dict[tuple[str, str], str] = {}
        """Ids by object and external id: a company has 100,000 rows, and each is looked for."""

    def object(self, name: str) -> Object | None:
        """By its name in any case."""
        return self.objects.get(name) or next(
            (one for known, one in self.objects.items() if known.lower() == name.lower()), None
        )

    def live(self, name: str) -> Iterator[Row]:
        return (row for row in self.rows[name].values() if not row["IsDeleted"])

    def find(self, name: str, field: str, value: Any) -> list[str]:
        """Ids of the live rows with a value."""
        wanted = str(value).lower()
        if self.objects[name].fields[field].is_case_sensitive:
            return [row["Id"] for row in self.live(name) if row.get(field) == value]
        if field == KEY:
            number = self._keys.get((name, wanted), "")
            row = self.rows[name].get(number)
            return [] if row is None or row["IsDeleted"] else [number]
        return [row["Id"] for row in self.live(name) if str(row.get(field) or "").lower() == wanted]

    def look(self, of: Object, row: Row, path: str) -> Any:
        """The value of a path from a row; of no row, whether there is such a path. Raises SoqlError."""
        first, _, rest = path.partition(".")
        if rest:
            if first.lower() == of.name.lower():
                return self.look(of, row, rest)
            field = next((f for f in of.fields.values() if f.relationship.lower() == first.lower()), None)
            if field is None or not field.relationship:
                raise SoqlError("INVALID_FIELD", f"Didn't understand relationship '{first}' in field path")
            parent = self.rows[field.target].get(row.get(field.name) or "", {})
            return self.look(self.objects[field.target], parent, rest)
        field = of.field(first)
        if field is None:
            raise SoqlError("INVALID_FIELD", f"No such column '{first}' on entity '{of.name}'")
        if field.is_formula:
            return FORMULAS[of.name, field.name](self, row) if row else None
        return row.get(field.name)

    def insert(self, name: str, given: Mapping[str, Any], at: datetime) -> str:
        """The new row's id. Raises RowError."""
        of = self.objects[name]
        values = self._values(of, given, is_new=True)
        row: Row = {
            field.name: False if field.type == "boolean" else None
            for field in of.fields.values()
            if not field.is_formula
        }
        owner = {"OwnerId": self.by} if "OwnerId" in of.fields else {}
        row |= {"IsDeleted": False, "CreatedDate": at, "CreatedById": self.by, **owner, **values}
        self._check(of, row, values)
        self._numbers[name] = self._numbers.get(name, 0) + 1
        row["Id"] = record_id(of.prefix, self._numbers[name])
        self._keep(name, row, at)
        return str(row["Id"])

    def update(self, name: str, number: str, given: Mapping[str, Any], at: datetime) -> None:
        """Raises RowError."""
        row = self.row(name, number)
        of = self.objects[name]
        values = self._values(of, given, is_new=False)
        changed = {**row, **values}
        self._check(of, changed, values, own=row["Id"])
        self._keep(name, changed, at)

    def delete(self, name: str, number: str, at: datetime) -> None:
        """Into the bin. Raises RowError."""
        row = self.row(name, number)
        self._keep(name, {**row, "IsDeleted": True}, at)
        self.deleted[name][row["Id"]] = at

    def undelete(self, name: str, number: str, at: datetime) -> None:
        """Out of the bin."""
        self._keep(name, {**self.rows[name][number], "IsDeleted": False}, at)
        self.deleted[name].pop(number, None)

    def purge(self, name: str, number: str, at: datetime) -> None:
        """Deleted so that the bin has it no more either."""
        self.rows[name].pop(number, None)
        self.deleted[name].setdefault(number, at)

    def row(self, name: str, number: str) -> Row:
        """A live row by an id of 15 or 18 characters. Raises RowError."""
        try:
            key = long_id(number)
        except ValueError:
            raise RowError("MALFORMED_ID", f"{name} ID: id value of incorrect type: {number}", "Id") from None
        found = self.rows[name].get(key)
        if found is None and key not in self.deleted[name]:
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if found is None or found["IsDeleted"]:
            raise RowError("ENTITY_IS_DELETED", "entity is deleted")
        return found

    def put(self, name: str, key: str, values: Row, at: datetime) -> str:
        """The company's row of this key, new or changed, whatever rules say; its id."""
        found = self.find(name, KEY, key)
        if found:
            self._keep(name, {**self.rows[name][found[0]], **values}, at)
            return found[0]
        self._numbers[name] = self._numbers.get(name, 0) + 1
        number = record_id(self.objects[name].prefix, self._numbers[name])
        row: Row = {
            field.name: False if field.type == "boolean" else None
            for field in self.objects[name].fields.values()
            if not field.is_formula
        }
        row |= {"Id": number, KEY: key, "CreatedDate": at, "CreatedById": self.by, **values}
        self._keep(name, row, at)
        return number

    def snapshot(self, name: str) -> Any:
        """What `restore` takes back to: for writes that are done all or not at all."""
        return dict(self.rows[name]), dict(self.deleted[name]), self._numbers.get(name, 0)

    def restore(self, name: str, kept: Any) -> None:
        self.rows[name], self.deleted[name], self._numbers[name] = kept

    def _keep(self, name: str, row: Row, at: datetime) -> None:
        row |= dict.fromkeys(_STAMPS, at)
        row["LastModifiedById"] = self.by
        if name in DERIVED:
            row |= DERIVED[name](row)
        if self.watched is not None:
            self.watched(name, self.rows[name].get(row["Id"]), row)
        self.rows[name][row["Id"]] = row
        if row.get(KEY) and not row["IsDeleted"]:
            self._keys[name, row[KEY].lower()] = row["Id"]

    def _values(self, of: Object, given: Mapping[str, Any], *, is_new: bool) -> Row:
        found: Row = {}
        for name, value in given.items():
            if name in ("attributes", "Id", "id"):
                continue
            if isinstance(value, dict) or "." in name:
                found |= self._parent(of, name, value)
                continue
            field = of.field(name)
            if field is None:
                raise RowError("INVALID_FIELD", f"No such column '{name}' on sobject of type {of.name}")
            if field.is_read_only or field.is_formula:
                message = f"Unable to create/update fields: {field.name}. Please check the security settings"
                raise RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, field.name)
            found[field.name] = False if value is None and field.type == "boolean" else read(field, value)
        if is_new:
            needed = [field.name for field in of.fields.values() if field.is_needed]
            if missing := [name for name in needed if found.get(name) is None]:
                message = f"Required fields are missing: [{', '.join(missing)}]"
                raise RowError("REQUIRED_FIELD_MISSING", message, *missing)
        return found

    def _parent(self, of: Object, name: str, value: Any) -> Row:
        """The id of a parent named by an external id: `{"Account": {"Key__c": …}}`, `Account.Key__c`."""
        relation, _, key = name.partition(".")
        if isinstance(value, dict):
            key, value = next((k, v) for k, v in value.items() if k != "attributes")
        field = next((f for f in of.fields.values() if f.relationship.lower() == relation.lower()), None)
        if field is None or not field.relationship:
            raise RowError("INVALID_FIELD", f"No such column '{relation}' on sobject of type {of.name}")
        found = self.find(field.target, key, value)
        if not found:
            message = f"Foreign key external ID: {value} not found for field {key} in entity {field.target}"
            raise RowError("INVALID_FIELD", message)
        return {field.name: found[0]}

    def _check(self, of: Object, row: Row, values: Row, own: str = "") -> None:
        for name, value in values.items():
            field = of.fields[name]
            if field.is_needed and value is None:
                raise RowError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)
            if value is not None:
                self._check_value(of, field, value, own)
        check(of.name, row)

    def _check_value(self, of: Object, field: Field, value: Any, own: str) -> None:
        if field.target and value not in self.rows[field.target]:
            raise RowError(
                "INVALID_CROSS_REFERENCE_KEY", f"{field.name}: invalid cross reference id", field.name
            )
        if field.target and self.rows[field.target][value]["IsDeleted"]:
            raise RowError("ENTITY_IS_DELETED", "entity is deleted", field.name)
        others = (
            [one for one in self.find(of.name, field.name, value) if one != own] if field.is_unique else []
        )
        if others:
            raise RowError(
                "DUPLICATE_VALUE",
                f"duplicate value found: {field.name} duplicates value on record with id: {others[0][:15]}",
                field.name,
            )
