"""Bulk extract: a job for a span of time, and the rows of its file.

A file is fetched to the disk, by Range where a connection broke, and held to its length and SHA-256 before a
row of it is given out. It stands for a week: whoever knows the job goes on with it, in another process too,
behind the row it had. It keeps one file at a time.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import requests

from mainstem.connectors.marketo.answers import NO_SUCH_FILTER, TOO_MANY_JOBS, failing
from mainstem.connectors.marketo.rows import moment
from mainstem.errors import ApiRefused, ApiUnavailable, QuotaSpent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from requests import Response

    from mainstem.saas import ApiSession

LONGEST = timedelta(days=30)
"""Of a span; Marketo takes 31 days."""
_PAUSE, _LONGEST_PAUSE = 5.0, 60.0
"""Seconds between two looks at a job: Marketo itself looks once a minute."""
_LONGEST_JOB = 6 * 3600.0
_QUEUE_TRIES = 20
_TRIES = 5
_CHUNK = 1 << 18
_LONGEST_VALUE = 1 << 24
"""Characters; csv's own limit is below two texts of 64 KiB, as a change holds them."""
Records = list[dict[str, str]]


@dataclass(frozen=True)
class Job:
    id: str
    status: str
    created_at: datetime
    """By Marketo's clock."""
    size: int = 0
    checksum: str = ""
    """SHA-256 of the file, in hexadecimal; empty where Marketo tells none."""


class Exports:
    """Of `leads` or `activities`."""

    def __init__(self, session: ApiSession, kind: str, folder: Path, rows: int) -> None:
        """Files stand in `folder` while they are read, `rows` of one in memory."""
        self._session = session
        self._jobs = f"/bulk/v1/{kind}/export"
        self._folder = folder
        self._rows = rows

    def begin(self, fields: Sequence[str], span: Mapping[str, Any]) -> Job | None:
        """A new job, in the queue; None where the subscription does not know the filter. Raises QuotaSpent
        where Marketo takes no job today."""
        asked = {"format": "CSV", "fields": list(fields), "filter": dict(span)}
        response = self._session.post(f"{self._jobs}/create.json", json=asked)
        code = failing(response)
        if code == NO_SUCH_FILTER:
            return None
        if code == TOO_MANY_JOBS:
            raise QuotaSpent(f"Marketo takes no export: {_told(response)}", None)
        job = _job(response.json()["result"][0])
        self._enqueue(job.id)
        return job

    def find(self, number: str) -> Job | None:
        """A job of an earlier run, where its file is still to be had or to come."""
        try:
            job = self._look(number)
            if job.status == "Completed" and job.size:  # told so after its file is gone, too
                self._session.get(f"{self._jobs}/{number}/file.json", headers={"Range": "bytes=0-0"})
        except ApiRefused:
            return None  # forgotten, or its file is, after a week
        return None if job.status in ("Failed", "Cancelled") else job

    def parts(self, job: Job, behind: int) -> Iterator[tuple[Records, int]]:
        """Its records but the first `behind`, some at a time, and how many were given out so far.

        Raises ApiRefused for a job that failed, ApiUnavailable for one that takes too long or a file that is
        never whole.
        """
        done = self._wait(job)
        if not done.size:
            return
        path = self._fetched(done)
        csv.field_size_limit(_LONGEST_VALUE)
        try:
            with path.open(encoding="utf-8", newline="") as lines:
                records = csv.DictReader(line.replace("\0", "") for line in lines)
                for _ in islice(records, behind):
                    pass
                while part := list(islice(records, self._rows)):
                    behind += len(part)
                    yield part, behind
        finally:
            path.unlink(missing_ok=True)

    def _enqueue(self, number: str) -> None:
        """Waits while the queue is full. One that an earlier try enqueued, whose answer was lost, is well."""
        for attempt in range(_QUEUE_TRIES):
            if attempt:
                self._session.clock.sleep(_LONGEST_PAUSE)
            try:
                response = self._session.post(f"{self._jobs}/{number}/enqueue.json")
            except ApiRefused:
                if self._look(number).status == "Created":
                    raise
                return
            if failing(response) is None:
                return
        raise QuotaSpent(f"Marketo's queue of exports stays full: {_told(response)}", None)

    def _look(self, number: str) -> Job:
        return _job(self._session.get(f"{self._jobs}/{number}/status.json").json()["result"][0])

    def _wait(self, job: Job) -> Job:
        waited, pause = 0.0, _PAUSE
        while True:
            found = self._look(job.id)
            if found.status == "Completed":
                return found
            if found.status == "Created":
                self._enqueue(job.id)
            if found.status in ("Failed", "Cancelled"):
                raise ApiRefused(f"export {job.id} was {found.status.lower()}", 200)
            if waited >= _LONGEST_JOB:
                raise ApiUnavailable(f"export {job.id} is {found.status} after {waited / 3600:.0f} hours")
            self._session.clock.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, _LONGEST_PAUSE)

    def _fetched(self, job: Job) -> Path:
        """The whole file on the disk."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{job.id}.csv"
        for other in self._folder.glob("*.csv"):
            if other != path:
                other.unlink()
        trouble = ""
        for attempt in range(_TRIES):
            if attempt:
                self._session.usage.repeats += 1
                self._session.clock.sleep(_PAUSE * 2**attempt)
            trouble = self._more(job, path) or _wrong(job, path)
            if not trouble:
                return path
        raise ApiUnavailable(f"the file of export {job.id} was never whole: {trouble}")

    def _more(self, job: Job, path: Path) -> str:
        """Fetch what of the file is missing; what went wrong on the way."""
        held = path.stat().st_size if path.exists() else 0
        if held >= job.size:
            return ""
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={held}-"} if held else {})
        response = self._session.get(f"{self._jobs}/{job.id}/file.json", headers=headers, stream=True)
        with response, path.open("ab" if response.status_code == 206 else "wb") as file:
            try:
                for chunk in response.iter_content(_CHUNK):
                    self._session.usage.received_bytes += len(chunk)
                    file.write(chunk)
            except requests.RequestException as e:
                return f"{type(e).__name__}: {e}"
        return ""


def _wrong(job: Job, path: Path) -> str:
    """What is wrong with a file; one that cannot become right is taken away."""
    size = path.stat().st_size
    if size < job.size:
        return f"it has {size} bytes of {job.size}"
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    if size > job.size or (job.checksum and checksum != job.checksum):
        path.unlink()
        return f"its SHA-256 is {checksum}, not {job.checksum}"
    return ""


def _job(told: Mapping[str, Any]) -> Job:
    checksum = str(told.get("fileChecksum") or "").removeprefix("sha256:")
    return Job(
        told["exportId"],
        told["status"],
        moment(told["createdAt"]),
        int(told.get("fileSize") or 0) if told.get("numberOfRecords", 1) else 0,
        checksum,
    )


def _told(response: Response) -> str:
    errors = response.json().get("errors") or [{}]
    return f"{errors[0].get('code')} {errors[0].get('message')}"
