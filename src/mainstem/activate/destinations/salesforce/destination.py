"""A Salesforce org that is written to: shapes as it describes them, reads by key, writes by row or by file.

Few rows go by collections, many by Bulk API 2.0. What may have been done is never sent again: a collection's
records are read back, a job is asked for its results.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from mainstem.activate.contract import Destination, Op, Powers
from mainstem.activate.destinations.salesforce.describing import Described, described
from mainstem.activate.destinations.salesforce.ingest import FileWriter
from mainstem.activate.destinations.salesforce.reading import Reader
from mainstem.activate.destinations.salesforce.rows import LARGEST, RowWriter
from mainstem.errors import ApiRefused, CredentialsRefused, UsageError
from mainstem.saas import Finding
from mainstem.saas.salesforce import entrance
from mainstem.saas.session import READS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from mainstem.activate.contract import Batch, Result, Target
    from mainstem.activate.destinations.salesforce.settings import SalesforceDestinationSettings
    from mainstem.activate.kind import Opening
    from mainstem.activate.shapes import Shape
    from mainstem.saas import ApiSession, Quota, Usage

_SHOWN = 20


def open_salesforce(opening: Opening) -> Destination:
    """Raises ConfigError for an org that cannot be entered with these settings."""
    where = f"[destinations.{opening.name}]"
    found = entrance(opening, where)
    # Queries and jobs without data are begun by POST: twice does no harm. Writes are another matter.
    reads, writes = found.session(READS | {"POST"}), found.session()
    writes.usage = reads.usage
    return Salesforce(reads, writes, opening.settings)


class Salesforce(Destination):
    def __init__(
        self, reads: ApiSession, writes: ApiSession, settings: SalesforceDestinationSettings
    ) -> None:
        self._reads = reads
        self._writes = writes
        self._settings = settings
        self._data = f"/services/data/v{settings.api_version}"
        self._found: dict[str, Described] = {}
        self._reader = Reader(reads, self._data, settings.bulk_rows)
        self._rows = RowWriter(writes, self._data)
        self._files = FileWriter(reads, writes, self._data, settings.file_bytes)

    @property
    def powers(self) -> Powers:
        return Powers()

    def check(self) -> Sequence[Finding]:
        try:
            calls = self._reads.get(f"{self._data}/limits").json()["DailyApiRequests"]
        except (CredentialsRefused, ApiRefused) as e:
            return [Finding("credentials", False, str(e))]
        left, reserve = calls["Remaining"], self._settings.reserve_calls
        told = f"{left} of {calls['Max']} calls are left in 24 hours"
        return [
            Finding("credentials", True, f"let in at {self._reads.base_url}"),
            Finding("quota", left > reserve, told if left > reserve else f"{told}; {reserve} are reserved"),
        ]

    def shape(self, name: str) -> Shape:
        return self._described(name).shape

    def read(
        self, shape: Shape, match: str, keys: Collection[str], fields: Collection[str]
    ) -> Iterator[Target]:
        return self._reader.read(self._described(shape.name), match, keys, fields)

    def largest(self, op: Op, rows: int) -> int:
        return self._collected if rows <= self._settings.bulk_above else self._settings.bulk_rows

    def write(self, batch: Batch, note: Callable[[str], None]) -> Sequence[Result]:
        found = self._described(batch.object)
        if len(batch.writes) <= self._collected:
            return self._rows.write(batch, found)
        return self._files.write(batch, found, note)

    @property
    def _collected(self) -> int:
        """Rows that at most go by collections: what they take, and no more than are to go by rows at all."""
        return min(LARGEST, self._settings.bulk_above)

    def resume(self, batch: Batch, ticket: str) -> Sequence[Result] | None:
        return self._files.resume(batch, self._described(batch.object), ticket)

    @property
    def usage(self) -> Usage:
        return self._reads.usage

    def quota(self) -> Quota | None:
        return self._reads.quota()

    def close(self) -> None:
        self._reads.close()
        self._writes.close()

    def _described(self, name: str) -> Described:
        if name not in self._found:
            try:
                body = self._reads.get(f"{self._data}/sobjects/{name}/describe").json()
            except ApiRefused as e:
                if e.status != 404:
                    raise
                raise UsageError(self._missing(name)) from e
            self._found[name] = described(body)
        return self._found[name]

    def _missing(self, name: str) -> str:
        told = self._reads.get(f"{self._data}/sobjects").json()["sobjects"]
        names = [one["name"] for one in told if one["createable"] or one["updateable"]]
        near = get_close_matches(name, names, 3, 0.5)
        valid = f"near it: {', '.join(near)}" if near else f"there are {', '.join(names[:_SHOWN])}"
        return f"the org has no object {name!r} that this user may see; {valid}"
