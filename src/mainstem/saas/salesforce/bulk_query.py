"""Results of Bulk API 2.0 queries, part by part.

A job stands for seven days: whoever knows its id and the last locator goes on from there, in another process
too. A part that is not whole is asked for again; no row of it is given out before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import ApiRefused, ApiUnavailable
from mainstem.saas.salesforce.records import csv_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response

    from mainstem.saas import ApiSession

_TRIES = 5
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_LONGEST = 6 * 3600.0
"""Seconds that a job may take."""
_END = "null"
Records = list[dict[str, str]]


class BulkQueries:
    def __init__(self, session: ApiSession, data: str, rows: int) -> None:
        """`data` is the path of the API's version; `rows` are those of one part."""
        self._session = session
        self._jobs = f"{data}/jobs/query"
        self._rows = rows

    def begin(self, query: str, *, with_deleted: bool = False) -> str:
        """The new job's id. `with_deleted` rows that the bin has are among its result."""
        operation = "queryAll" if with_deleted else "query"
        return str(self._session.post(self._jobs, json={"operation": operation, "query": query}).json()["id"])

    def stands(self, job: str) -> bool:
        """Whether a job of an earlier run is still there and has not failed."""
        try:
            state = self._session.get(f"{self._jobs}/{job}").json()["state"]
        except ApiRefused as e:
            if e.status in (400, 404):
                return False
            raise
        return state not in ("Failed", "Aborted")

    def parts(self, job: str, locator: str) -> Iterator[tuple[Records, str]]:
        """The records of each part, and the locator behind it: empty at the end. Waits for the job first.

        Raises ApiRefused for a job that failed, ApiUnavailable for one that takes too long.
        """
        self._wait(job)
        while True:
            records, locator = self._part(job, locator)
            yield records, locator
            if not locator:
                return

    def _wait(self, job: str) -> None:
        waited, pause = 0.0, _PAUSE
        while True:
            body = self._session.get(f"{self._jobs}/{job}").json()
            if body["state"] == "JobComplete":
                return
            if body["state"] in ("Failed", "Aborted"):
                raise ApiRefused(f"Bulk query {job} {body['state'].lower()}: {body.get('errorMessage')}", 200)
            if waited >= _LONGEST:
                raise ApiUnavailable(f"Bulk query {job} is {body['state']} after {waited / 3600:.0f} hours")
            self._session.clock.sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, _LONGEST_PAUSE)

    def _part(self, job: str, locator: str) -> tuple[Records, str]:
        parameters = {"maxRecords": str(self._rows)} | ({"locator": locator} if locator else {})
        trouble = ""
        for attempt in range(_TRIES):
            if attempt:
                self._session.usage.repeats += 1
                self._session.clock.sleep(_PAUSE * 2**attempt)
            response = self._session.get(f"{self._jobs}/{job}/results", params=parameters)
            try:
                records = _whole(response)
            except ValueError as e:
                trouble = str(e)
                continue
            behind = response.headers.get("Sforce-Locator", _END)
            return records, "" if behind == _END else behind
        raise ApiUnavailable(f"part {locator or 'one'} of Bulk query {job} was never whole: {trouble}")


def _whole(response: Response) -> Records:
    """Raises ValueError for a part that holds other rows than it says."""
    records = list(csv_records(response.content.decode("utf-8").replace("\0", "")))
    told = int(response.headers.get("Sforce-NumberOfRecords", len(records)))
    if told != len(records):
        raise ValueError(f"it has {len(records)} rows of {told}")
    return records
