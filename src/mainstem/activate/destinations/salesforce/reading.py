"""Records of Salesforce by their keys, in as few calls as there can be.

Few keys are asked for by `IN` lists as long as an address may be; known ids in bodies of 2,000; many keys by
one Bulk query over the whole object where that takes fewer calls. It reads no record that the bin has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mainstem.activate.contract import Target
from mainstem.activate.destinations.salesforce.values import ID, form, held, literal
from mainstem.activate.shapes import Unfitting
from mainstem.errors import UsageError
from mainstem.saas.salesforce import BulkQueries, moment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mainstem.activate.destinations.salesforce.describing import Described
    from mainstem.saas import ApiSession

_ADDRESS = 14_000
"""Characters of a query in an address; with the headers it may have 16,384 bytes."""
_IDS = 2000
_BULK_CALLS = 8
"""Of one Bulk query beside its parts: to begin it, to ask whether it is done, to count before."""
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")


class Reader:
    def __init__(self, session: ApiSession, data: str, bulk_rows: int) -> None:
        """`data` is the path of the API's version."""
        self._session = session
        self._data = data
        self._bulk_rows = bulk_rows
        self._bulk = BulkQueries(session, data, bulk_rows)

    def read(
        self, found: Described, match: str, keys: Collection[str], fields: Collection[str]
    ) -> Iterator[Target]:
        """As a destination's `read`."""
        asked = _asked(found, match, keys)
        wanted = sorted({ID, match, *fields, *([found.stamp] if found.stamp else [])})
        if match == ID:
            records = self._by_id(found, list(asked), wanted)
        elif match in found.filterable:
            records = self._by_key(found, match, asked, wanted)
        else:
            raise UsageError(f"{found.shape.name} cannot be matched by {match}, which no query can compare")
        for record in records:
            value = record.get(match)
            if value in (None, ""):
                continue
            for key in asked.get(form(str(value), found.shape.fields[match]), ()):
                yield _target(found, key, record, fields)

    def _by_id(
        self, found: Described, ids: Sequence[str], fields: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        for at in range(0, len(ids), _IDS):
            body = {"ids": ids[at : at + _IDS], "fields": fields}
            answer = self._session.post(f"{self._data}/composite/sobjects/{found.shape.name}", json=body)
            yield from (one for one in answer.json() if one is not None)

    def _by_key(
        self, found: Described, match: str, asked: Mapping[str, Sequence[str]], fields: Sequence[str]
    ) -> Iterator[Mapping[str, Any]]:
        field = found.shape.fields[match]
        begin = f"SELECT {', '.join(fields)} FROM {found.shape.name} WHERE {match} "  # noqa: S608 # names as described
        queries = list(_queries(begin, [literal(keys[0], field) for keys in asked.values()]))
        if len(queries) > _BULK_CALLS and len(queries) > self._calls_of_all(found, match):
            yield from self._all(f"{begin}!= null")
            return
        for query in queries:
            yield from self._queried(query)

    def _calls_of_all(self, found: Described, match: str) -> int:
        query = f"SELECT COUNT() FROM {found.shape.name} WHERE {match} != null"  # noqa: S608 # as above
        rows = self._session.get(f"{self._data}/query", params={"q": query}).json()["totalSize"]
        return _BULK_CALLS + int(rows) // self._bulk_rows

    def _all(self, query: str) -> Iterator[Mapping[str, Any]]:
        for records, _ in self._bulk.parts(self._bulk.begin(query), ""):
            yield from records

    def _queried(self, query: str) -> Iterator[Mapping[str, Any]]:
        body = self._session.get(f"{self._data}/query", params={"q": query}).json()
        while True:
            yield from body["records"]
            if body["done"]:
                return
            body = self._session.get(body["nextRecordsUrl"]).json()


def _asked(found: Described, match: str, keys: Collection[str]) -> dict[str, list[str]]:
    """Keys by what they are compared by; those that no record can have are left out."""
    field = found.shape.fields.get(match)
    if field is None:
        raise UsageError(f"{found.shape.name} has no field {match!r} that this user may see")
    asked: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        try:
            compared = form(key, field)
        except Unfitting:
            continue
        if match == ID and not (_ID.fullmatch(compared) and compared.startswith(found.prefix)):
            continue
        if compared:
            asked.setdefault(compared, []).append(key)
    return asked


def _queries(begin: str, literals: Sequence[str]) -> Iterator[str]:
    """`IN` lists, each as long as an address may be."""
    listed: list[str] = []
    base = size = len(quote(f"{begin}IN ()", safe=""))
    for one in literals:
        length = len(quote(f"{one},", safe=""))
        if listed and size + length > _ADDRESS:
            yield f"{begin}IN ({','.join(listed)})"
            listed, size = [], base
        listed.append(one)
        size += length
    if listed:
        yield f"{begin}IN ({','.join(listed)})"


def _target(found: Described, key: str, record: Mapping[str, Any], fields: Collection[str]) -> Target:
    shape = found.shape.fields
    stamp = record.get(found.stamp) if found.stamp else None
    return Target(
        str(record[ID]),
        key,
        {name: held(record.get(name), shape[name]) for name in fields},
        moment(stamp) if stamp else None,
    )
