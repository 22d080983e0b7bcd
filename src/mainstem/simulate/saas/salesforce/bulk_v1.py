"""Bulk API of before 2.0, as far as queries go: a job, batches with a query each, results as CSV.

Jobs are asked for in JSON; batches of CSV answer in XML, as there. A batch is done when it was added; a query
that finds nothing has a line that says so for a result. It writes no rows.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.salesforce.ids import record_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.service import Handler

    Rows = tuple[Sequence[str], list[list[str]]]
    """Columns, and values as CSV has them."""
    Ask = Callable[[str, bool], Rows]
    """A query's, and whether deleted rows are among them."""

_SPACE = 'xmlns="http://www.force.com/2009/06/asyncapi/dataload"'
_JOBS = r"/services/async/(?:\d+\.\d)/job"
_NOTHING = "Records not found for this query"


@dataclass
class _Job:
    id: str
    operation: str
    of: str
    state: str = "Open"
    batches: dict[str, str] = field(default_factory=dict)
    """The CSV that each brought."""

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id, "operation": self.operation, "object": self.of, "state": self.state,
            "contentType": "CSV", "numberBatchesTotal": len(self.batches),
            "numberBatchesCompleted": len(self.batches), "numberBatchesFailed": 0,
        }  # fmt: skip

    def batch(self, number: str) -> str:
        return (
            f"<batchInfo {_SPACE}><id>{number}</id><jobId>{self.id}</jobId><state>Completed</state>"
            "<numberRecordsFailed>0</numberRecordsFailed></batchInfo>"
        )


class BulkV1:
    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._jobs: dict[str, _Job] = {}
        self._made = 0

    def routes(self) -> list[tuple[str, str, Handler]]:
        one = rf"{_JOBS}/(\w+)"
        return [
            ("POST", _JOBS, self._begin),
            ("GET", one, lambda request, job: self._of(job, lambda found: json_answer(found.shown()))),
            ("POST", one, self._change),
            ("POST", rf"{one}/batch", self._add),
            ("GET", rf"{one}/batch", self._batches),
            ("GET", rf"{one}/batch/(\w+)", self._batch),
            ("GET", rf"{one}/batch/(\w+)/result", self._results),
            ("GET", rf"{one}/batch/(\w+)/result/(\w+)", self._result),
        ]

    def _begin(self, request: Request) -> Answer:
        asked = request.json()
        if asked.get("operation") not in ("query", "queryAll") or asked.get("contentType") != "CSV":
            return _wrong("InvalidJob", "queries that bring CSV are simulated")
        job = _Job(self._next("750"), asked["operation"], asked["object"])
        self._jobs[job.id] = job
        return json_answer(job.shown(), 201)

    def _change(self, request: Request, number: str) -> Answer:
        def changed(job: _Job) -> Answer:
            job.state = request.json()["state"]
            return json_answer(job.shown())

        return self._of(number, changed)

    def _add(self, request: Request, number: str) -> Answer:
        def added(job: _Job) -> Answer:
            if job.state != "Open":
                return _wrong("InvalidJobState", f"the job is {job.state}")
            batch = self._next("751")
            columns, rows = self._ask(request.body.decode(), job.operation == "queryAll")
            job.batches[batch] = _csv([columns, *rows]) if rows else _csv([[_NOTHING]])
            return _xml(job.batch(batch), 201)

        return self._of(number, added)

    def _batches(self, request: Request, number: str) -> Answer:
        return self._of(
            number,
            lambda job: _xml(
                f"<batchInfoList {_SPACE}>{''.join(map(job.batch, job.batches))}</batchInfoList>"
            ),
        )

    def _batch(self, request: Request, number: str, batch: str) -> Answer:
        return self._of(number, lambda job: _xml(job.batch(batch)), batch)

    def _results(self, request: Request, number: str, batch: str) -> Answer:
        text = (
            f"<result-list {_SPACE}><result>{escape(batch.replace('751', '752', 1))}</result></result-list>"
        )
        return self._of(number, lambda job: _xml(text), batch)

    def _result(self, request: Request, number: str, batch: str, result: str) -> Answer:
        kind = {"Content-Type": "text/csv; charset=UTF-8"}
        return self._of(number, lambda job: Answer(200, job.batches[batch].encode(), kind), batch)

    def _of(self, number: str, answer: Callable[[_Job], Answer], batch: str | None = None) -> Answer:
        job = self._jobs.get(number)
        if job is None:
            return _wrong("InvalidJob", f"Unable to find object: {number}")
        if batch is not None and batch not in job.batches:
            return _wrong("InvalidBatch", f"Unable to find batch: {batch}")
        return answer(job)

    def _next(self, prefix: str) -> str:
        self._made += 1
        return record_id(prefix, self._made)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def _xml(body: str, status: int = 200) -> Answer:
    content = f'<?xml version="1.0" encoding="UTF-8"?>{body}'
    return Answer(status, content.encode(), {"Content-Type": "application/xml"})


def _wrong(code: str, message: str) -> Answer:
    return json_answer({"exceptionCode": code, "exceptionMessage": message}, 400)
