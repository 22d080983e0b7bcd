"""Rows as collections and files write them: each by itself, or all of a collection or none.

A row that is refused is told of in its place; the others are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.salesforce.ids import long_id
from mainstem.simulate.saas.salesforce.values import RowError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.salesforce.org import Org
    from mainstem.simulate.saas.salesforce.values import Failing

_COLLECTION = 200
"""Rows of one collection at most."""


class Writes:
    def __init__(self, org: Org, clock: ControlledClock) -> None:
        self._org = org
        self._clock = clock

    def write(self, name: str, operation: str, given: Mapping[str, Any], key: str) -> tuple[str, bool]:
        """One row of a collection or a file: its id, and whether it is new. Raises RowError."""
        org, now, number = self._org, self._clock.now(), str(given.get("Id") or given.get("id") or "")
        if operation == "insert":
            return org.insert(name, given, now), True
        if operation == "upsert" and key and key.lower() != "id":
            value = given.get(key)
            if value in (None, ""):
                raise RowError("MISSING_ARGUMENT", f"{key} not specified", key)
            found = org.find(name, key, value)
            if len(found) > 1:
                raise RowError("DUPLICATE_EXTERNAL_ID", f"{key}: more than one record found: {found}", key)
            if not found:
                return org.insert(name, given, now), True
            number = found[0]
        elif not number:
            raise RowError("MISSING_ARGUMENT", "Id not specified in an update call", "Id")
        if operation in ("delete", "hardDelete"):
            number = str(org.row(name, number)["Id"])
            org.delete(name, number, now)
            if operation == "hardDelete":
                org.purge(name, number, now)
        else:
            org.update(name, number, given, now)
        return long_id(number), False

    def many(
        self,
        records: Sequence[Mapping[str, Any]],
        operation: str,
        key: str,
        failing: Failing,
        *,
        all_or_none: bool,
    ) -> list[dict[str, Any]]:
        """What came of each row of a collection."""
        if len(records) > _COLLECTION:
            raise RowError(
                "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {_COLLECTION}"
            )
        kept = {name: self._org.snapshot(name) for name in self._org.objects} if all_or_none else {}
        results: list[dict[str, Any]] = []
        for number, record in enumerate(records):
            results.append(self._written(record, operation, key, number, failing))
        if all_or_none and not all(one["success"] for one in results):
            for name, rows in kept.items():
                self._org.restore(name, rows)
            back = RowError(
                "ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back because of another's error"
            )
            results = [
                {"success": False, "errors": [back.shown()]} if one["success"] else one for one in results
            ]
        return results

    def _written(
        self, record: Mapping[str, Any], operation: str, key: str, place: int, failing: Failing
    ) -> dict[str, Any]:
        try:
            of = self._org.object((record.get("attributes") or {}).get("type", ""))
            if of is None:
                raise RowError("INVALID_TYPE", "sObject type is not supported")
            failing.meet(place)
            number, is_new = self.write(of.name, operation, record, key)
        except RowError as e:
            return {"success": False, "errors": [e.shown()]}
        found = {"id": number, "success": True, "errors": []}
        return {**found, "created": is_new} if operation == "upsert" else found
