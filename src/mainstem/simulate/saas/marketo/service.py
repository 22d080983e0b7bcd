"""Marketo's REST API over the simulated instance: the lead database, assets, bulk extract.

Errors come as Marketo has them, in the body of a 200. Forms, landing pages, custom objects and the sending of
mail are not simulated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from mainstem.simulate.saas.http import Answer
from mainstem.simulate.saas.limits import Allowed
from mainstem.simulate.saas.marketo import company
from mainstem.simulate.saas.marketo.answers import CODE, assets, by_token, error, ok
from mainstem.simulate.saas.marketo.door import Door
from mainstem.simulate.saas.marketo.exports import Exports
from mainstem.simulate.saas.marketo.happened import Happened, first_token
from mainstem.simulate.saas.marketo.instance import Instance
from mainstem.simulate.saas.marketo.people import People
from mainstem.simulate.saas.service import Handler, Service, what_came

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.faults import Fault
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.world import Change

Object = dict[str, Any]
_FULL = 300
_CAME = {
    "601": "refused",
    "602": "refused",
    "603": "refused",
    "606": "limited",
    "607": "limited",
    "615": "limited",
}


class MarketoService(Service):
    """One instance; `door` says who is let in, `exports` holds the jobs."""

    name = "marketo"
    limits: ClassVar[tuple[Allowed, ...]] = (Allowed(50_000, 86_400), Allowed(100, 20))

    def __init__(
        self,
        clock: ControlledClock,
        *,
        seed: int = 1,
        limits: Iterable[Allowed] | None = None,
        full: int = _FULL,
    ) -> None:
        """`full` is how many rows a page of the lead database holds."""
        self.instance = Instance()
        self.door = Door(clock)
        self.exports = Exports(self.instance, clock)
        self._happened = Happened(self.instance, full)
        self._people = People(self.instance, clock, full)
        self._full = full
        super().__init__(clock, limits=limits)

    def absorb(self, change: Change) -> None:
        company.absorb(self.instance, change)

    def routes(self) -> list[tuple[str, str, Handler]]:
        one, kind = self.instance, r"(leads|activities|program/members)"
        job = rf"/bulk/v1/{kind}/export/([\w-]+)"
        return [
            ("GET", "/identity/oauth/token", self.door.give),
            ("POST", "/identity/oauth/token", self.door.give),
            ("GET", "/rest/v1/stats/usage.json", self._usage),
            ("GET", "/rest/v1/activities/types.json", lambda r: ok(one.types)),
            ("GET", "/rest/v1/activities/pagingtoken.json", first_token),
            ("GET", "/rest/v1/activities.json", lambda r: self._happened.activities(r, self.page_faults)),
            ("GET", "/rest/v1/activities/leadchanges.json",
             lambda r: self._happened.changes(r, self.page_faults)),
            ("GET", "/rest/v1/activities/deletedleads.json",
             lambda r: self._happened.deletions(r, self.page_faults)),
            ("GET", "/rest/v1/lists.json", lambda r: by_token(r, list(one.lists.values()), self._full)),
            ("GET", "/rest/v1/campaigns.json", lambda r: by_token(r, self._campaigns(), self._full)),
            ("GET", "/rest/asset/v1/programs.json", lambda r: assets(r, self._programs())),
            ("GET", r"/rest/asset/v1/program/(\d+).json", self._program),
            ("GET", "/rest/asset/v1/smartCampaigns.json", lambda r: assets(r, list(one.campaigns.values()))),
            ("GET", "/rest/asset/v1/emails.json", lambda r: assets(r, list(one.emails.values()))),
            ("GET", "/rest/asset/v1/staticLists.json", lambda r: assets(r, self._static_lists())),
            ("POST", rf"/bulk/v1/{kind}/export/create.json", self._create),
            ("GET", rf"/bulk/v1/{kind}/export.json", self.exports.listed),
            ("POST", rf"{job}/enqueue.json", lambda r, k, n: self.exports.enqueue(n)),
            ("POST", rf"{job}/cancel.json", lambda r, k, n: self.exports.cancel(n)),
            ("GET", rf"{job}/status.json", lambda r, k, n: self.exports.status(n)),
            ("GET", rf"{job}/file.json", lambda r, k, n: self.exports.file(r, n)),
            *self._people.routes(),
        ]  # fmt: skip

    def handle(self, request: Request) -> Answer:
        """A POST that says it is a GET is one: for questions that an address is too short for."""
        form = request.form() if "form" in request.headers.get("content-type", "") else {}
        if request.method == "POST" and "GET" in (request.query.get("_method"), form.get("_method")):
            request = replace(request, method="GET", query={**request.query, **form})
        return super().handle(request)

    def what_came(self, answer: Answer) -> str:
        code = answer.headers.get(CODE)
        return what_came(answer) if code is None else _CAME.get(code, "wrong")

    def authorised(self, request: Request) -> Answer | None:
        return None if request.path.startswith("/identity/") else self.door.refuses(request)

    def _turned_away(self, request: Request, faults: dict[str, Fault]) -> Answer | None:
        """Tokens are given out without a limit."""
        return None if request.path.startswith("/identity/") else super()._turned_away(request, faults)

    def expire_tokens(self) -> None:
        self.door.close()

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        return error(607 if is_quota else 606)

    def failed(self, status: int) -> Answer:
        """A status that HTTP has not is an error of Marketo's own."""
        return error(status) if status >= 600 else Answer(status, b"<html>Bad Gateway</html>")

    def not_found(self) -> Answer:
        return error(610)

    def _usage(self, request: Request) -> Answer:
        left, allowed = self.left()
        users = [{"userId": "api@simulated.example", "count": allowed - left}]
        return ok([{"date": self.clock.now().date().isoformat(), "total": allowed - left, "users": users}])

    def _create(self, request: Request, kind: str) -> Answer:
        faults = self.page_faults
        repeated, left_out = (faults[name].rows if name in faults else 0 for name in ("repeat", "slip"))
        return self.exports.create(request, kind, repeated, left_out)

    def _programs(self) -> list[Object]:
        """In a list, tags and costs are left out."""
        return [{**one, "tags": None, "costs": None} for one in self.instance.programs.values()]

    def _program(self, request: Request, number: str) -> Answer:
        found = self.instance.programs.get(int(number))
        return ok([found], errors=[], warnings=[]) if found else error(702)

    def _campaigns(self) -> list[Object]:
        return [
            {
                "id": one["id"], "name": one["name"], "description": one["description"], "type": one["type"],
                "programId": one["parentProgramId"], "workspaceName": one["workspace"],
                "programName": self.instance.programs[one["parentProgramId"]]["name"],
                "createdAt": one["createdAt"].removesuffix("+0000"),
                "updatedAt": one["updatedAt"].removesuffix("+0000"), "active": one["isActive"],
            }
            for one in self.instance.campaigns.values()
        ]  # fmt: skip

    def _static_lists(self) -> list[Object]:
        return [
            {
                "id": one["id"], "name": one["name"], "createdAt": f"{one['createdAt']}+0000",
                "updatedAt": f"{one['updatedAt']}+0000", "workspace": "Default",
                "folder": {"id": 45, "type": "Folder"}, "computedUrl": "",
            }
            for one in self.instance.lists.values()
        ]  # fmt: skip
