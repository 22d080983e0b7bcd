"""Many rows written by Bulk API 2.0: a job for each file, its id noted before anything is sent.

    begin a job -> note it -> upload -> tell that all is there -> ask until it is done -> read what came of it

Nothing is done before Salesforce is told that all is there: a job that dies earlier is given up, and its rows
were certainly not written. Later, whoever knows its id finds out what came of them for seven days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.activate.contract import Op, Refusal, Result, Trouble
from mainstem.activate.destinations.salesforce.files import parts, refused_in_files, results
from mainstem.errors import ApiRefused, ApiUnavailable, CredentialsRefused, OutcomeUnknown, QuotaSpent
from mainstem.saas.salesforce import csv_records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from requests import Response

    from mainstem.activate.contract import Batch, Write
    from mainstem.activate.destinations.salesforce.describing import Described
    from mainstem.saas import ApiSession

_OPERATIONS = {Op.CREATE: "insert", Op.UPDATE: "update", Op.DELETE: "delete"}
_ENDED = ("JobComplete", "Failed", "Aborted")
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_LONGEST = 6 * 3600.0
"""Seconds that a job may take."""
_TRIES = 5
_NOT_SENT = Refusal(Trouble.AGAIN, "NOT_SENT", "the job was given up before anything was written")
_KINDS = ("successfulResults", "failedResults", "unprocessedrecords")
_SPENT = ("ExceededQuota", "LIMIT_EXCEEDED")


@dataclass(frozen=True)
class _Job:
    id: str
    state: str
    processed: int
    failed: int
    error: str


class FileWriter:
    def __init__(self, reads: ApiSession, writes: ApiSession, data: str, file_bytes: int) -> None:
        """`writes` sends no request twice that changes something; `reads` may, also by POST."""
        self._reads = reads
        self._writes = writes
        self._jobs = f"{data}/jobs/ingest"
        self._file_bytes = file_bytes

    def write(self, batch: Batch, found: Described, note: Callable[[str], None]) -> list[Result]:
        """As a destination's `write`. The ticket names the jobs so far, in the order of the files."""
        jobs: list[str] = []
        written = self._refused(batch)
        for writes, text in parts(batch, found, self._file_bytes):
            try:
                job = self._begin(batch, found)
                jobs.append(job)
                note(" ".join(jobs))
                self._upload(job, text)
            except (ApiRefused, ApiUnavailable, CredentialsRefused, QuotaSpent) as e:
                if len(jobs) <= 1:
                    raise  # nothing of the batch was done
                trouble = Refusal(Trouble.AGAIN, "NOT_SENT", str(e))
                written += [Result(write.number, write.id, trouble) for write in writes]
                continue
            written += self._outcome(batch, writes, job)
        return sorted(written, key=lambda one: one.number)

    def resume(self, batch: Batch, found: Described, ticket: str) -> list[Result] | None:
        """What came of the jobs that were noted; None when Salesforce knows one of them no more."""
        jobs = ticket.split()
        written = self._refused(batch)
        for number, (writes, _) in enumerate(parts(batch, found, self._file_bytes)):
            told = self._resumed(batch, writes, jobs[number]) if number < len(jobs) else _unsent(writes)
            if told is None:
                return None
            written += told
        return sorted(written, key=lambda one: one.number)

    def _refused(self, batch: Batch) -> list[Result]:
        refused = refused_in_files(batch)
        return [
            Result(write.number, write.id, refused[write.number])
            for write in batch.writes
            if write.number in refused
        ]

    def _begin(self, batch: Batch, found: Described) -> str:
        asked = {
            "object": found.shape.name,
            "operation": _OPERATIONS[batch.op],
            "contentType": "CSV",
            "lineEnding": "LF",
        }
        return str(self._reads.post(self._jobs, json=asked).json()["id"])  # two open jobs do no harm

    def _upload(self, job: str, text: bytes) -> None:
        """Raises ApiUnavailable when it was not sent whole; then the job is given up."""
        try:
            self._writes.put(
                f"{self._jobs}/{job}/batches", data=text, headers={"Content-Type": "text/csv; charset=UTF-8"}
            )
        except OutcomeUnknown as e:
            self._give_up(job)
            raise ApiUnavailable(f"{e}; the job {job} was given up before anything was written") from e

    def _give_up(self, job: str) -> None:
        """An open job does nothing; given up, nobody can start it either."""
        try:
            self._writes.patch(f"{self._jobs}/{job}", json={"state": "Aborted"})
        except (OutcomeUnknown, ApiRefused):
            if self._look(job).state != "Aborted":
                raise

    def _outcome(self, batch: Batch, writes: Sequence[Write], job: str) -> list[Result]:
        """Have a file written whose text is all there, and find out what came of it."""
        try:
            self._start(job)
            return self._results(batch, writes, self._ended(job))
        except (ApiRefused, ApiUnavailable, CredentialsRefused, QuotaSpent) as e:
            raise OutcomeUnknown(f"job {job} was begun, and what came of it is not known yet: {e}") from e

    def _start(self, job: str) -> None:
        for _ in range(_TRIES):
            try:
                self._writes.patch(f"{self._jobs}/{job}", json={"state": "UploadComplete"})
            except OutcomeUnknown:
                if self._look(job).state == "Open":
                    continue  # it was not told
            return
        self._give_up(job)
        raise ApiUnavailable(f"job {job} could not be begun")

    def _resumed(self, batch: Batch, writes: Sequence[Write], job: str) -> list[Result] | None:
        try:
            if self._look(job).state == "Open":
                self._give_up(job)
                return _unsent(writes)
            ended = self._ended(job)
        except ApiRefused as e:
            if e.status in (400, 404):
                return None
            raise
        try:
            return self._results(batch, writes, ended)
        except OutcomeUnknown:
            return None  # it is over, and does not tell of each row

    def _look(self, job: str) -> _Job:
        body = self._reads.get(f"{self._jobs}/{job}").json()
        return _Job(
            job,
            body["state"],
            int(body.get("numberRecordsProcessed") or 0),
            int(body.get("numberRecordsFailed") or 0),
            str(body.get("errorMessage") or ""),
        )

    def _ended(self, job: str) -> _Job:
        """The job when it is over. Raises ApiUnavailable for one that takes too long."""
        waited, pause = 0.0, _PAUSE
        while True:
            found = self._look(job)
            if found.state in _ENDED:
                return found
            if waited >= _LONGEST:
                raise ApiUnavailable(f"Bulk job {job} is {found.state} after {waited / 3600:.0f} hours")
            self._reads.clock.sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, _LONGEST_PAUSE)

    def _results(self, batch: Batch, writes: Sequence[Write], job: _Job) -> list[Result]:
        if job.state == "Aborted" and not job.processed:
            return _unsent(writes)
        done_rows, failed_rows = job.processed - job.failed, job.failed
        done = self._rows(job, _KINDS[0], done_rows) if done_rows else []
        failed = self._rows(job, _KINDS[1], failed_rows) if failed_rows else []
        left_rows = len(writes) - job.processed
        left = self._rows(job, _KINDS[2], left_rows) if left_rows else []
        if job.state == "Failed" and left and any(word in job.error for word in _SPENT):
            undone = Refusal(Trouble.AGAIN, "QUOTA", job.error)
        elif job.state == "Failed" and job.error.startswith("InvalidBatch"):
            undone = Refusal(Trouble.DATA, "InvalidBatch", job.error)
        else:
            undone = Refusal(Trouble.AGAIN, "NOT_PROCESSED", job.error or f"the job is {job.state}")
        return results(batch, writes, done, failed, left, undone=undone)

    def _rows(self, job: _Job, kind: str, told: int) -> list[Mapping[str, Any]]:
        """As many rows as the job says. Asked for again while they are not whole."""
        trouble = ""
        for attempt in range(_TRIES):
            if attempt:
                self._reads.usage.repeats += 1
                self._reads.clock.sleep(_PAUSE * 2**attempt)
            response = self._reads.get(f"{self._jobs}/{job.id}/{kind}")
            try:
                return _whole(response, told)
            except ValueError as e:
                trouble = str(e)
        raise ApiUnavailable(f"{kind} of Bulk job {job.id} were never whole: {trouble}")


def _whole(response: Response, told: int) -> list[Mapping[str, Any]]:
    records: list[Mapping[str, Any]] = list(csv_records(response.content.decode("utf-8")))
    if len(records) != told:
        raise ValueError(f"it has {len(records)} rows of {told}")
    return records


def _unsent(writes: Sequence[Write]) -> list[Result]:
    return [Result(write.number, write.id, _NOT_SENT) for write in writes]
