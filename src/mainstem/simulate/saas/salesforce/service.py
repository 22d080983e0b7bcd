"""Salesforce's REST API, collections and Bulk 2.0 over the simulated org.

Answers carry `Sforce-Limit-Info`; a spent day is told with 403 and REQUEST_LIMIT_EXCEEDED, as there. Apex,
searches, layouts and metadata are not simulated.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote_plus

from mainstem.simulate.saas.http import Answer
from mainstem.simulate.saas.limits import Allowed
from mainstem.simulate.saas.salesforce import company, soql
from mainstem.simulate.saas.salesforce.answers import OrgAnswers
from mainstem.simulate.saas.salesforce.bulk import Jobs
from mainstem.simulate.saas.salesforce.bulk_v1 import BulkV1
from mainstem.simulate.saas.salesforce.door import ORGANIZATION, Door
from mainstem.simulate.saas.salesforce.ids import long_id, record_id
from mainstem.simulate.saas.salesforce.org import Org
from mainstem.simulate.saas.salesforce.soql import SoqlError
from mainstem.simulate.saas.salesforce.values import Failing, RowError, shown
from mainstem.simulate.saas.salesforce.writes import Writes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.salesforce.org import Row
    from mainstem.simulate.saas.salesforce.schema import Object
    from mainstem.simulate.saas.service import Handler
    from mainstem.simulate.world import Change

VERSIONS = ("59.0", "60.0", "61.0", "62.0", "63.0", "64.0", "65.0")
_DATA = r"/services/data/v(\d+\.\d)"
_FULL = 2000
_RETRIEVED = 2000
_KEPT = timedelta(days=30)


class SalesforceService(OrgAnswers):
    """One org; `door` says who is let in."""

    name = "salesforce"
    limits: ClassVar[tuple[Allowed, ...]] = (Allowed(100_000, 86_400),)

    def __init__(
        self,
        clock: ControlledClock,
        *,
        seed: int = 1,
        limits: Iterable[Allowed] | None = None,
        full: int = _FULL,
        certificate: str | None = None,
        fields: Mapping[str, str] | None = None,
        looks: int = 0,
    ) -> None:
        """`full` is how many rows a page of a query holds; `certificate` the public key of JWTs, as PEM;
        `fields` are those that administrators added, by object, as `schema` writes them; `looks` how often a
        file's job is found at work before it is done."""
        org, door = Org(), Door(clock, certificate)
        self.jobs = Jobs()
        self._older_jobs = BulkV1(self._as_csv)
        self._writes = Writes(org, clock)
        self._full = full
        self._looks = looks
        for name, written in (fields or {}).items():
            org.objects[name].add(written)
        self._cursors: dict[str, tuple[Object, tuple[str, ...], list[Row]]] = {}
        now = datetime(2019, 1, 1, tzinfo=UTC)
        org.put("User", "administrator", {
            "FirstName": "Ada", "LastName": "Admin", "Email": "admin@simulated.example",
            "Username": Door.user[0], "IsActive": True, "UserType": "Standard",
        }, now)  # fmt: skip
        org.rows["Organization"][ORGANIZATION] = {
            "Id": ORGANIZATION, "Name": "Simulated", "IsSandbox": False, "IsDeleted": False,
            "InstanceName": "SIM1", "OrganizationType": "Enterprise Edition", "CreatedDate": now,
            "CreatedById": org.by, "LastModifiedDate": now, "LastModifiedById": org.by,
            "SystemModstamp": now,
        }  # fmt: skip
        super().__init__(clock, org, door, limits)

    def absorb(self, change: Change) -> None:
        company.absorb(self.org, change)

    def routes(self) -> list[tuple[str, str, Handler]]:
        one, records = rf"{_DATA}/sobjects/(\w+)", rf"{_DATA}/composite/sobjects"
        ingest, query = rf"{_DATA}/jobs/ingest", rf"{_DATA}/jobs/query"
        return [
            ("POST", "/services/oauth2/token", self.door.oauth),
            ("POST", r"/services/Soap/u/(\d+\.\d)/?", self.door.soap),
            ("GET", "/services/data/?", self._versions),
            ("GET", rf"{_DATA}/limits/?", self._limits),
            ("GET", rf"{_DATA}/sobjects/?", self._all_objects),
            ("GET", rf"{one}/?", self._object),
            ("GET", rf"{one}/describe/?", self._describe),
            ("GET", rf"{one}/deleted/?", self._deleted),
            ("GET", rf"{one}/updated/?", self._updated),
            ("POST", rf"{one}/?", self._create),
            ("GET", rf"{one}/(\w{{15,18}})", self._record),
            ("PATCH", rf"{one}/(\w{{15,18}})", self._update),
            ("DELETE", rf"{one}/(\w{{15,18}})", self._delete),
            ("GET", rf"{one}/(\w+)/(.+)", self._record_by_key),
            ("PATCH", rf"{one}/(\w+)/(.+)", self._upsert),
            ("DELETE", rf"{one}/(\w+)/(.+)", self._delete_by_key),
            ("GET", rf"{_DATA}/(query|queryAll)/?", self._query),
            ("GET", rf"{_DATA}/(?:query|queryAll)/(\w+)-(\d+)", self._query_more),
            ("POST", records, self._write_many),
            ("PATCH", records, self._write_many),
            ("DELETE", records, self._delete_many),
            ("PATCH", rf"{records}/(\w+)/(\w+)", self._write_many),
            ("GET", rf"{records}/(\w+)", self._read_many),
            ("POST", rf"{records}/(\w+)", self._read_many),
            ("POST", f"{ingest}/?", self._begin_ingest),
            ("PUT", rf"{ingest}/(\w+)/batches/?", self._upload),
            ("POST", f"{query}/?", self._begin_query),
            ("GET", rf"{query}/(\w+)/results", self._results),
            ("GET", rf"{ingest}/(\w+)/(\w+Results|unprocessed[rR]ecords)/?", self._outcome),
            ("GET", rf"{_DATA}/jobs/(?:ingest|query)/(\w+)/?", self._job),
            ("PATCH", rf"{_DATA}/jobs/(?:ingest|query)/(\w+)/?", self._end_job),
            ("DELETE", rf"{_DATA}/jobs/(?:ingest|query)/(\w+)/?", self._forget_job),
            *self._older_jobs.routes(),
        ]

    def _versions(self, request: Request) -> Answer:
        return self._ok([{"label": f"v{one}", "url": self._root(one), "version": one} for one in VERSIONS])

    def _limits(self, request: Request, version: str) -> Answer:
        left, allowed = self.left()
        return self._ok(
            {
                "DailyApiRequests": {"Max": allowed, "Remaining": left},
                "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000 - len(self.jobs.held)},
                "DailyBulkApiBatches": {"Max": 15_000, "Remaining": 15_000},
            }
        )

    def _all_objects(self, request: Request, version: str) -> Answer:
        root = self._root(version)
        return self._ok(
            {
                "encoding": "UTF-8",
                "maxBatchSize": 200,
                "sobjects": [one.global_description(root) for one in self.org.objects.values()],
            }
        )

    def _object(self, request: Request, version: str, name: str) -> Answer:
        found = self._named(name)
        newest = sorted(self.org.live(found.name), key=lambda row: row["SystemModstamp"])[-10:]
        recent = [
            {"attributes": self._attributes(version, found.name, row), "Id": row["Id"]} for row in newest
        ]
        root = self._root(version)
        return self._ok({"objectDescribe": found.global_description(root), "recentItems": recent})

    def _describe(self, request: Request, version: str, name: str) -> Answer:
        return self._ok(self._named(name).description(self._root(version)))

    def _deleted(self, request: Request, version: str, name: str) -> Answer:
        found = self._named(name)
        begin, end = self._span(request)
        rows = [
            {"id": number, "deletedDate": shown(at)}
            for number, at in sorted(self.org.deleted[found.name].items(), key=lambda pair: pair[1])
            if begin <= at <= end
        ]
        earliest = shown(self.clock.now() - _KEPT)
        return self._ok(
            {"deletedRecords": rows, "earliestDateAvailable": earliest, "latestDateCovered": shown(end)}
        )

    def _updated(self, request: Request, version: str, name: str) -> Answer:
        begin, end = self._span(request)
        rows = self.org.live(self._named(name).name)
        ids = [row["Id"] for row in rows if begin <= row["SystemModstamp"] <= end]
        return self._ok({"ids": ids, "latestDateCovered": shown(end)})

    def _span(self, request: Request) -> tuple[datetime, datetime]:
        """To the minute, as they are kept. Raises RowError."""
        now = self.clock.now()
        try:
            begin, end = (
                datetime.fromisoformat(request.query[name].replace(" ", "+")) for name in ("start", "end")
            )
        except (KeyError, ValueError) as e:
            raise RowError("INVALID_REPLICATION_DATE", f"start and end are needed: {e}") from e
        if begin < now - _KEPT - timedelta(minutes=1):
            raise RowError("INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago")
        if end - begin < timedelta(minutes=1):
            raise RowError("INVALID_REPLICATION_DATE", "endDate must be at least one minute after startDate")
        return begin.replace(second=0, microsecond=0), min(end, now)

    def _create(self, request: Request, version: str, name: str) -> Answer:
        self._may_fail()
        number = self.org.insert(self._named(name).name, request.json(), self.clock.now())
        return self._ok({"id": number, "success": True, "errors": []}, 201)

    def _record(self, request: Request, version: str, name: str, number: str) -> Answer:
        of = self._named(name)
        row = self.org.row(of.name, number)
        wanted = request.query.get("fields")
        return self._ok(self._shown(version, of, row, wanted.split(",") if wanted else of.fields))

    def _update(self, request: Request, version: str, name: str, number: str) -> Answer:
        self._may_fail()
        self.org.update(self._named(name).name, number, request.json(), self.clock.now())
        return Answer(204, headers=self._limit_info())

    def _delete(self, request: Request, version: str, name: str, number: str) -> Answer:
        self._may_fail()
        self.org.delete(self._named(name).name, number, self.clock.now())
        return Answer(204, headers=self._limit_info())

    def _keyed(self, of: Object, key: str, value: str) -> list[str]:
        """Ids by an external id. Raises RowError."""
        field = of.field(key)
        if field is None or not (field.is_external_id or field.name == "Id"):
            raise RowError(
                "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {key}"
            )
        return self.org.find(of.name, field.name, unquote_plus(value))

    def _several(self, version: str, of: Object, found: Iterable[str]) -> Answer:
        return self._ok([f"{self._root(version)}/sobjects/{of.name}/{one}" for one in found], 300)

    def _record_by_key(self, request: Request, version: str, name: str, key: str, value: str) -> Answer:
        of = self._named(name)
        found = self._keyed(of, key, value)
        if not found:
            return self.not_found()
        if len(found) > 1:
            return self._several(version, of, found)
        return self._ok(self._shown(version, of, self.org.row(of.name, found[0]), of.fields))

    def _upsert(self, request: Request, version: str, name: str, key: str, value: str) -> Answer:
        self._may_fail()
        of = self._named(name)
        found, given, now = self._keyed(of, key, value), request.json(), self.clock.now()
        if len(found) > 1:
            return self._several(version, of, found)
        if found:
            self.org.update(of.name, found[0], given, now)
        number = found[0] if found else self.org.insert(of.name, {**given, key: unquote_plus(value)}, now)
        body = {"id": number, "success": True, "errors": [], "created": not found}
        return self._ok(body, 200 if found else 201)

    def _delete_by_key(self, request: Request, version: str, name: str, key: str, value: str) -> Answer:
        of = self._named(name)
        found = self._keyed(of, key, value)
        if len(found) != 1:
            return self._several(version, of, found) if found else self.not_found()
        self.org.delete(of.name, found[0], self.clock.now())
        return Answer(204, headers=self._limit_info())

    def _may_fail(self) -> None:
        self._failing().meet(0)

    def _write_many(self, request: Request, version: str, name: str = "", key: str = "") -> Answer:
        asked = request.json()
        operation = "upsert" if name else "insert" if request.method == "POST" else "update"
        found = self._writes.many(
            asked["records"], operation, key, self._failing(), all_or_none=bool(asked.get("allOrNone"))
        )
        return self._ok(found)

    def _delete_many(self, request: Request, version: str) -> Answer:
        names = {one.prefix: one.name for one in self.org.objects.values()}
        ids = request.query["ids"].split(",")
        records = [{"attributes": {"type": names.get(one[:3], "")}, "Id": one} for one in ids]
        all_or_none = request.query.get("allOrNone") == "true"
        return self._ok(self._writes.many(records, "delete", "", self._failing(), all_or_none=all_or_none))

    def _failing(self) -> Failing:
        """Rows of a write that the plan wants to fail."""
        fault = self.page_faults.get("rows_fail")
        return Failing(fault.rows, fault.code) if fault else Failing()

    def _read_many(self, request: Request, version: str, name: str) -> Answer:
        of = self._named(name)
        if request.method == "POST":
            asked = request.json()
            ids, wanted = asked["ids"], asked["fields"]
            if len(ids) > _RETRIEVED:
                raise RowError("EXCEEDED_ID_LIMIT", f"cannot retrieve more than {_RETRIEVED} records")
        else:
            ids, wanted = request.query["ids"].split(","), request.query["fields"].split(",")
        try:
            rows = [self.org.rows[of.name].get(long_id(one)) for one in ids]
        except ValueError as e:
            raise RowError("MALFORMED_ID", f"bad id {e}") from e
        return self._ok(
            [self._shown(version, of, row, wanted) if row and not row["IsDeleted"] else None for row in rows]
        )

    def _asked(self, text: str, *, everything: bool) -> tuple[soql.Query, Object, tuple[str, ...], list[Row]]:
        query = soql.parse(text, self.clock.now())
        of = self.org.object(query.object)
        if of is None:
            raise SoqlError("INVALID_TYPE", f"sObject type '{query.object}' is not supported.")
        rows = list(self.org.rows[of.name].values() if everything else self.org.live(of.name))
        fields, found = soql.run(query, of, rows, lambda row, path: self.org.look(of, row, path))
        return query, of, fields, found

    def _query(self, request: Request, version: str, kind: str) -> Answer:
        query, of, fields, rows = self._asked(request.query.get("q", ""), everything=kind == "queryAll")
        if not query.fields:
            return self._ok({"totalSize": len(rows), "done": True, "records": []})
        cursor = record_id("01g", len(self._cursors) + 1)
        self._cursors[cursor] = (of, fields, rows)
        return self._page(request, version, cursor, 0)

    def _query_more(self, request: Request, version: str, cursor: str, begin: str) -> Answer:
        if cursor not in self._cursors:
            raise RowError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(request, version, cursor, int(begin))

    def _page(self, request: Request, version: str, cursor: str, begin: int) -> Answer:
        of, fields, rows = self._cursors[cursor]
        size = self._full
        if wanted := re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", "")):
            size = min(max(int(wanted[1]), 200), self._full)
        page, end = rows[begin : begin + size], begin + size
        slip, repeat = self.page_faults.get("slip"), self.page_faults.get("repeat")
        if slip is not None:
            page = page[: -slip.rows]
        if repeat is not None:
            page = [*rows[max(begin - repeat.rows, 0) : begin], *page]
        body: dict[str, Any] = {"totalSize": len(rows), "done": end >= len(rows)}
        if end < len(rows):
            body["nextRecordsUrl"] = f"{self._root(version)}/query/{cursor}-{end}"
        return self._ok({**body, "records": [self._shown(version, of, row, fields) for row in page]})

    def _begin_ingest(self, request: Request, version: str) -> Answer:
        asked = request.json()
        of = self._named(asked.get("object", ""))
        job = self.jobs.begin({**asked, "object": of.name}, self.clock.now())
        job.looks = self._looks
        return self._ok(job.shown(version))

    def _begin_query(self, request: Request, version: str) -> Answer:
        asked = request.json()
        query, of, _, _ = self._asked(asked["query"], everything=False)
        if not query.fields:
            raise RowError("API_ERROR", "Aggregate queries are not supported by Bulk API 2.0")
        job = self.jobs.begin({**asked, "object": of.name}, self.clock.now())
        job.columns, job.result = self._as_csv(asked["query"], asked["operation"] == "queryAll")
        return self._ok(job.shown(version))

    def _as_csv(self, text: str, everything: bool) -> tuple[tuple[str, ...], list[list[str]]]:
        _, of, fields, rows = self._asked(text, everything=everything)
        return fields, [[shown(self.org.look(of, row, path), csv=True) for path in fields] for row in rows]

    def _upload(self, request: Request, version: str, number: str) -> Answer:
        self.jobs.find(number).upload(request.body.decode())
        return Answer(201, headers=self._limit_info())

    def _job(self, request: Request, version: str, number: str) -> Answer:
        """A job is done when it is looked at; a query's is told the next time, as one that takes a while."""
        job = self.jobs.find(number)
        before = job.shown(version)
        if job.state in ("UploadComplete", "InProgress"):
            ends = self.page_faults.get("job_fails")
            job.work(self._writes.write, self._failing(), ends.rows if ends else None)
            return self._ok(before if job.is_query else job.shown(version))
        return self._ok(before)

    def _end_job(self, request: Request, version: str, number: str) -> Answer:
        job = self.jobs.find(number)
        job.end(request.json().get("state", ""))
        return self._ok(job.shown(version))

    def _forget_job(self, request: Request, version: str, number: str) -> Answer:
        self.jobs.forget(number)
        return Answer(204, headers=self._limit_info())

    def _results(self, request: Request, version: str, number: str) -> Answer:
        """A part of a query's result; the locator that follows, or `null` at the end."""
        job = self.jobs.find(number)
        begin, most = int(request.query.get("locator") or 0), int(request.query.get("maxRecords") or 10_000)
        text, left = job.part(begin, most), len(job.result) - begin
        locator = str(begin + most) if left > most else "null"
        return self._csv(text, {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(min(left, most))})

    def _outcome(self, request: Request, version: str, number: str, kind: str) -> Answer:
        return self._csv(self.jobs.find(number).outcome(kind.lower()), {})
