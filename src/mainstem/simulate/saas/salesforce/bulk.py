"""Jobs of Bulk API 2.0: CSV files that are written row by row, and queries whose result is fetched in parts.

A job is done when it was looked at so many times. A row that fails fails alone; its file goes on. Results
come in an order of their own.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.salesforce.ids import record_id
from mainstem.simulate.saas.salesforce.values import NULL, RowError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mainstem.simulate.saas.salesforce.values import Failing

    Write = Callable[[str, str, Mapping[str, Any], str], tuple[str, bool]]

DELIMITERS = {"COMMA": ",", "TAB": "\t", "PIPE": "|", "SEMICOLON": ";", "CARET": "^", "BACKQUOTE": "`"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_QUERIES = ("query", "queryAll")


@dataclass
class Job:
    id: str
    asked: dict[str, Any]
    state: str
    created: str
    data: str = ""
    columns: Sequence[str] = ()
    """Of a query's result."""
    result: list[list[str]] = field(default_factory=list)
    successes: list[list[str]] = field(default_factory=list)
    failures: list[list[str]] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    left: list[list[str]] = field(default_factory=list)
    """Rows that it ended before."""
    looks: int = 0
    """Times that it is still to be found at work."""

    @property
    def is_query(self) -> bool:
        return self.asked["operation"] in _QUERIES

    @property
    def delimiter(self) -> str:
        return DELIMITERS[self.asked.get("columnDelimiter", "COMMA")]

    @property
    def ending(self) -> str:
        return ENDINGS[self.asked.get("lineEnding", "LF")]

    def shown(self, version: str) -> dict[str, Any]:
        kind = "query" if self.is_query else "ingest"
        found = {
            "id": self.id, "operation": self.asked["operation"], "object": self.asked.get("object"),
            "createdById": record_id("005", 1), "createdDate": self.created,
            "systemModstamp": self.created, "state": self.state, "concurrencyMode": "Parallel",
            "contentType": "CSV", "apiVersion": float(version),
            "lineEnding": self.asked.get("lineEnding", "LF"),
            "columnDelimiter": self.asked.get("columnDelimiter", "COMMA"),
        }  # fmt: skip
        if self.is_query:
            return {**found, "numberRecordsProcessed": len(self.result), "retries": 0}
        done = len(self.successes) + len(self.failures)
        return {
            **found,
            "externalIdFieldName": self.asked.get("externalIdFieldName"),
            "contentUrl": f"services/data/v{version}/jobs/{kind}/{self.id}/batches",
            "numberRecordsProcessed": done,
            "numberRecordsFailed": len(self.failures),
            **({"errorMessage": "InternalServerError : it was planned"} if self.state == "Failed" else {}),
        }

    def upload(self, text: str) -> None:
        """Raises RowError for a job that waits for no data."""
        if self.state != "Open" or self.data:
            raise RowError("INVALIDJOBSTATE", f"cannot upload data in {self.state} state")
        self.data = text

    def end(self, state: str) -> None:
        """Its data are all there, or it is given up. Raises RowError."""
        if state not in ("UploadComplete", "Aborted") or self.state not in ("Open", "UploadComplete"):
            raise RowError("INVALIDJOBSTATE", f"{self.state} does not become {state}")
        if state == "Aborted":
            self.header, self.left = self._read()
        self.state = state

    def work(self, write: Write, failing: Failing, most: int | None = None) -> None:
        """Do what is asked, unless it takes longer; of a file, `most` rows, then it fails."""
        if self.looks > 0:
            self.looks, self.state = self.looks - 1, "InProgress"
            return
        if not self.is_query:
            self._write(write, failing, most)
        self.state = "Failed" if self.left else "JobComplete"

    def part(self, begin: int, rows: int) -> str:
        """Rows of a query's result as CSV, every value in quotes. Raises RowError before it is done."""
        if self.state != "JobComplete":
            raise RowError("INVALIDJOBSTATE", f"the job is {self.state}")
        return self._csv([list(self.columns), *self.result[begin : begin + rows]], csv.QUOTE_ALL)

    def outcome(self, kind: str) -> str:
        """`successfulresults`, `failedresults` or `unprocessedrecords` as CSV."""
        if kind == "successfulresults":
            rows = reversed(self.successes)
            return self._csv([["sf__Id", "sf__Created", *self.header], *rows], csv.QUOTE_ALL)
        if kind == "failedresults":
            return self._csv([["sf__Id", "sf__Error", *self.header], *self.failures], csv.QUOTE_ALL)
        return self._csv([self.header, *self.left], csv.QUOTE_ALL)

    def _write(self, write: Write, failing: Failing, most: int | None) -> None:
        self.header, rows = self._read()
        if most is not None:
            rows, self.left = rows[:most], rows[most:]
        for number, row in enumerate(rows):
            pairs = zip(self.header, row, strict=True)
            given = {name: None if value == NULL else value for name, value in pairs if value}
            try:
                failing.meet(number)
                found, is_new = write(
                    self.asked["object"],
                    self.asked["operation"],
                    given,
                    self.asked.get("externalIdFieldName") or "",
                )
            except RowError as e:
                told = f"{e.code}:{e.message}:{' '.join(e.fields) or '--'} --"
                self.failures.append([given.get("Id") or "", told, *row])
            else:
                self.successes.append([found, "true" if is_new else "false", *row])

    def _read(self) -> tuple[list[str], list[list[str]]]:
        rows = list(csv.reader(io.StringIO(self.data, newline=""), delimiter=self.delimiter))
        return (rows[0], [row for row in rows[1:] if row]) if rows else ([], [])

    def _csv(self, rows: Sequence[Sequence[str]], quoting: Any) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.ending, quoting=quoting).writerows(
            rows
        )
        return text.getvalue()


class Jobs:
    """Those of an org, by id."""

    def __init__(self) -> None:
        self.held: dict[str, Job] = {}
        self._begun = 0

    def begin(self, asked: dict[str, Any], at: datetime) -> Job:
        """Raises RowError for what there is not."""
        operation = asked.get("operation")
        if operation not in (*OPERATIONS, *_QUERIES):
            raise RowError("API_ERROR", f"operation is one of {', '.join((*OPERATIONS, *_QUERIES))}")
        wrong = asked.get("columnDelimiter", "COMMA") not in DELIMITERS
        if wrong or asked.get("lineEnding", "LF") not in ENDINGS:
            raise RowError("API_ERROR", "columnDelimiter or lineEnding is none there is")
        self._begun += 1
        number = record_id("750", self._begun)
        state = "UploadComplete" if operation in _QUERIES else "Open"
        self.held[number] = Job(number, asked, state, shown(at))
        return self.held[number]

    def find(self, number: str) -> Job:
        """Raises RowError."""
        if number not in self.held:
            raise RowError("NOT_FOUND", "The requested resource does not exist")
        return self.held[number]

    def forget(self, number: str) -> None:
        del self.held[self.find(number).id]
