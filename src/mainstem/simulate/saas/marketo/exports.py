"""Jobs of bulk extract: a file of leads, activities or program members, made when a job's turn comes.

A job is created, enqueued, processed and completed, a step each time it is looked at; two are processed at
once, ten may wait. Its file stands for a week, told with its size and SHA-256, whole or by Range.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.simulate.saas.clock import stamp
from mainstem.simulate.saas.http import Answer
from mainstem.simulate.saas.marketo import fixed
from mainstem.simulate.saas.marketo.answers import error, ok
from mainstem.simulate.saas.marketo.happened import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.marketo.instance import Instance

Object = dict[str, Any]
_RUNNING, _QUEUED = 2, 10
_KEPT = timedelta(days=7)
_LONGEST = timedelta(days=31)
_DATES = ("createdAt", "updatedAt")
_ACTIVITY = ("marketoGUID", "leadId", "activityDate", "activityTypeId", "campaignId",
             "primaryAttributeValueId", "primaryAttributeValue", "attributes")  # fmt: skip


@dataclass
class Job:
    id: str
    kind: str
    fields: Sequence[str]
    made: Callable[[], list[Sequence[str]]]
    """The rows, when it is processed."""
    created_at: datetime
    status: str = "Created"
    content: bytes = b""
    rows: int = 0
    queued_at: datetime | None = None
    finished_at: datetime | None = None

    def shown(self) -> Object:
        body: Object = {"exportId": self.id, "status": self.status, "createdAt": stamp(self.created_at),
                        "format": "CSV"}  # fmt: skip
        if self.queued_at is not None:
            body["queuedAt"] = stamp(self.queued_at)
        if self.finished_at is not None:
            checksum = hashlib.sha256(self.content).hexdigest()
            body |= {
                "finishedAt": stamp(self.finished_at), "numberOfRecords": self.rows,
                "fileSize": len(self.content), "fileChecksum": f"sha256:{checksum}",
            }  # fmt: skip
        return body

    def step(self, now: datetime) -> None:
        if self.status == "Queued":
            self.status = "Processing"
        elif self.status == "Processing":
            rows = self.made()
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([self.fields, *rows])
            self.content, self.rows = text.getvalue().encode(), len(rows)
            self.status, self.finished_at = "Completed", now


class Exports:
    """Of an instance; `by_update` says whether its subscription knows the filter `updatedAt`."""

    def __init__(self, instance: Instance, clock: ControlledClock) -> None:
        self._instance = instance
        self._clock = clock
        self._begun = 0
        self.held: dict[str, Job] = {}
        self.by_update = True
        self.spoiled = 0
        """So many files that are handed out next have a byte that differs."""
        self.left_bytes = 500 * 2**20
        """Of the day's allowance."""

    def create(self, request: Request, kind: str, repeated: int, left_out: int) -> Answer:
        """`repeated` rows of before the range are in it too, its newest `left_out` rows are not."""
        asked = request.json()
        usual = _ACTIVITY if kind == "activities" else ()
        fields, ranges = asked.get("fields") or usual, asked.get("filter") or {}
        if not fields:
            return error(1003, "fields are needed")
        if "updatedAt" in ranges and not self.by_update:
            return error(1035)
        if self.left_bytes <= 0:
            return error(1029, "Export daily quota 500MB exceeded")
        spans = {name: ranges[name] for name in _DATES if name in ranges}
        if (not spans and kind != "program/members") or any(_span(one) > _LONGEST for one in spans.values()):
            return error(1003, "the filter needs a range of 31 days or less")

        def made() -> list[Sequence[str]]:
            held, before = self._rows(kind, fields, ranges, spans)
            kept = held[: len(held) - left_out] if left_out else held
            return [*before[len(before) - repeated :], *kept]

        self._begun += 1
        header = [(asked.get("columnHeaderNames") or {}).get(name, name) for name in fields]
        job = Job(f"export-{self._begun}", kind, header, made, self._clock.now())
        self.held[job.id] = job
        return ok([job.shown()])

    def listed(self, request: Request, kind: str) -> Answer:
        wanted = request.query.get("status", "")
        found = [one for one in self.held.values() if one.kind == kind]
        return ok([one.shown() for one in found if not wanted or one.status in wanted.split(",")])

    def enqueue(self, number: str) -> Answer:
        job = self.held.get(number)
        if job is None:
            return error(1016, f"Export {number} not found")
        if job.status != "Created":
            return error(1003, f"Unable to enqueue export {number}: it is {job.status}")
        if sum(one.status in ("Queued", "Processing") for one in self.held.values()) >= _QUEUED:
            return error(1029)
        job.status, job.queued_at = "Queued", self._clock.now()
        return ok([job.shown()])

    def cancel(self, number: str) -> Answer:
        job = self.held.get(number)
        if job is None:
            return error(1016, f"Export {number} not found")
        job.status = "Cancelled"
        return ok([job.shown()])

    def status(self, number: str) -> Answer:
        job = self.held.get(number)
        if job is None:
            return error(1016, f"Export {number} not found")
        running = sum(one.status == "Processing" for one in self.held.values())
        if job.status != "Queued" or running < _RUNNING:
            job.step(self._clock.now())
            if job.finished_at == self._clock.now():
                self.left_bytes -= len(job.content)
        return ok([job.shown()])

    def file(self, request: Request, number: str) -> Answer:
        job = self.held.get(number)
        if job is None or job.finished_at is None or self._clock.now() > job.finished_at + _KEPT:
            return Answer(404)
        content, headers = job.content, {"Content-Type": "text/csv", "Accept-Ranges": "bytes"}
        if self.spoiled > 0 and content:
            self.spoiled -= 1
            content = content[:-2] + bytes([content[-2] ^ 1]) + content[-1:]
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if found is None:
            return Answer(200, content, headers)
        first, last = int(found[1]), int(found[2] or len(content) - 1)
        if first >= len(content):
            return Answer(416, headers={"Content-Range": f"bytes */{len(content)}"})
        part = content[first : last + 1]
        headers["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        return Answer(206, part, headers)

    def _rows(
        self, kind: str, fields: Sequence[str], ranges: Object, spans: Object
    ) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
        """Of the ranges, and those before them."""
        if kind == "activities":
            return self._activities(fields, ranges, spans["createdAt"])
        if kind == "program/members":
            return self._members(fields, ranges), []
        leads = list(self._instance.leads.values())
        if number := ranges.get("staticListId"):
            leads = [one for one in leads if one["id"] in self._instance.listed.get(int(number), ())]
        name = next(iter(spans))
        leads.sort(key=lambda one: (one[name], one["id"]))
        held = [one for one in leads if all(_within(one[n], span) for n, span in spans.items())]
        before = [one for one in leads if one[name] < _bounds(spans[name])[0]]
        return [_lead(one, fields) for one in held], [_lead(one, fields) for one in before]

    def _activities(
        self, fields: Sequence[str], ranges: Object, span: Object
    ) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
        kinds = {int(one) for one in ranges.get("activityTypeIds", ())}
        rows = [
            shown(one)
            for one in self._instance.activities
            if one.type != fixed.DELETED and (not kinds or one.type in kinds)
        ]
        written = [
            {
                **one,
                "attributes": msgspec.json.encode(
                    {a["name"]: a["value"] for a in one["attributes"]}
                ).decode(),
            }
            for one in rows
        ]
        begin, _ = _bounds(span)
        held = [one for one in written if _within(one["activityDate"], span)]
        before = [one for one in written if one["activityDate"] < begin]
        return [_plain(one, fields) for one in held], [_plain(one, fields) for one in before]

    def _members(self, fields: Sequence[str], ranges: Object) -> list[Sequence[str]]:
        numbers = [ranges["programId"]] if "programId" in ranges else ranges.get("programIds", ())
        return [
            _plain({**self._instance.leads[lead], **one, "leadId": lead, "programId": number}, fields)
            for number in map(int, numbers)
            for lead, one in self._instance.members.get(number, {}).items()
        ]


def _lead(lead: Object, fields: Sequence[str]) -> list[str]:
    """Nothing is written as `null`, and truths as words."""
    return [_text(lead.get(name), "null") for name in fields]


def _plain(row: Object, fields: Sequence[str]) -> list[str]:
    return [_text(row.get(name), "") for name in fields]


def _text(value: Any, nothing: str) -> str:
    if value is None:
        return nothing
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bounds(span: Object) -> tuple[str, str]:
    return tuple(stamp(datetime.fromisoformat(span[name])) for name in ("startAt", "endAt"))  # type: ignore[return-value] # two


def _within(moment: str, span: Object) -> bool:
    """Both ends are in it."""
    begin, end = _bounds(span)
    return begin <= moment <= end


def _span(span: Object) -> timedelta:
    return datetime.fromisoformat(span["endAt"]) - datetime.fromisoformat(span["startAt"])
