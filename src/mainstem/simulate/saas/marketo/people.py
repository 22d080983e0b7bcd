"""Leads over the simulated instance's API: one, many by a filter, of a list, of a program; writing, merging,
deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.marketo.answers import by_token, error, ok

if TYPE_CHECKING:
    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Answer, Request
    from mainstem.simulate.saas.marketo.instance import Instance
    from mainstem.simulate.saas.service import Handler

Object = dict[str, Any]
_USUAL = "id,updatedAt,createdAt,lastName,firstName,email"


class People:
    def __init__(self, instance: Instance, clock: ControlledClock, most: int) -> None:
        self._instance = instance
        self._clock = clock
        self._most = most

    def routes(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "/rest/v1/leads/describe.json", lambda r: ok(self._instance.fields)),
            ("GET", "/rest/v1/leads.json", self._found),
            ("POST", "/rest/v1/leads.json", self._write),
            ("DELETE", "/rest/v1/leads.json", self._delete),
            ("POST", "/rest/v1/leads/delete.json", self._delete),
            ("GET", r"/rest/v1/lead/(\d+).json", self._one),
            ("GET", r"/rest/v1/lists?/(\d+)/leads.json", self._of_list),
            ("GET", r"/rest/v1/lists/(\d+)/leads/ismember.json", self._is_member),
            ("POST", r"/rest/v1/lists/(\d+)/leads.json", self._add),
            ("DELETE", r"/rest/v1/lists/(\d+)/leads.json", self._remove),
            ("GET", r"/rest/v1/leads/programs/(\d+).json", self._of_program),
            ("POST", r"/rest/v1/leads/(\d+)/merge.json", self._merge),
        ]

    def _shown(self, request: Request, lead: Object) -> Object:
        names = [*request.query.get("fields", _USUAL).split(","), "id"]
        return {name: lead.get(name) for name in names}

    def _one(self, request: Request, number: str) -> Answer:
        found = self._instance.leads.get(int(number))
        return ok([self._shown(request, found)] if found else [])

    def _found(self, request: Request) -> Answer:
        name, values = request.query.get("filterType", ""), request.query.get("filterValues", "")
        if name not in {one["rest"]["name"] for one in self._instance.fields}:
            return error(1003, f"Invalid filterType '{name}'")
        wanted = values.split(",")
        if len(wanted) > 300:
            return error(1003, "filterValues: 300 at the most")
        rows = [one for one in self._instance.leads.values() if str(one.get(name)) in wanted]
        return by_token(request, [self._shown(request, one) for one in rows], self._most)

    def _of_list(self, request: Request, number: str) -> Answer:
        if int(number) not in self._instance.listed:
            return error(1013, f"List {number} not found")
        leads = [self._instance.leads[lead] for lead in self._instance.listed[int(number)]]
        return by_token(request, [self._shown(request, one) for one in leads], self._most)

    def _of_program(self, request: Request, number: str) -> Answer:
        if int(number) not in self._instance.members:
            return error(1013, f"Program {number} not found")
        rows = [
            {**self._shown(request, self._instance.leads[lead]), "membership": membership}
            for lead, membership in self._instance.members[int(number)].items()
        ]
        return by_token(request, rows, self._most)

    def _is_member(self, request: Request, number: str) -> Answer:
        listed = self._instance.listed.get(int(number), ())
        return ok([
            {"id": one["id"], "status": "memberof" if one["id"] in listed else "notmemberof"}
            for one in request.json()["input"]
        ])  # fmt: skip

    def _add(self, request: Request, number: str) -> Answer:
        now = self._clock.now()
        for one in request.json()["input"]:
            self._instance.add_to_list(int(number), one["id"], now)
        return ok([{"id": one["id"], "status": "added"} for one in request.json()["input"]])

    def _remove(self, request: Request, number: str) -> Answer:
        for one in request.json()["input"]:
            self._instance.remove_from_list(int(number), one["id"], self._clock.now())
        return ok([{"id": one["id"], "status": "removed"} for one in request.json()["input"]])

    def _write(self, request: Request) -> Answer:
        """Each row by itself: one that fails is skipped, with its reason."""
        asked = request.json()
        action, by = asked.get("action", "createOrUpdate"), asked.get("lookupField", "email")
        return ok([self._written(dict(row), action, by) for row in asked["input"]])

    def _written(self, row: Object, action: str, by: str) -> Object:
        found = self._instance.find(by, row.get(by))
        if len(found) > 1:
            return _skipped(1007, f"Multiple lead match lookup criteria for {by}")
        if found and action == "createOnly":
            return _skipped(1005, "Lead already exists")
        if not found and (action == "updateOnly" or by == "id"):
            return _skipped(1004, "Lead not found")
        known = {one["rest"]["name"] for one in self._instance.fields}
        if unknown := sorted(row.keys() - known):
            return _skipped(1006, f"Field '{unknown[0]}' not found")
        number = self._instance.keep_lead(row, self._clock.now(), found[0]["id"] if found else None)
        return {"id": number, "status": "updated" if found else "created"}

    def _delete(self, request: Request) -> Answer:
        result = []
        for one in request.json()["input"]:
            if one["id"] in self._instance.leads:
                self._instance.delete_lead(one["id"], self._clock.now())
                result.append({"id": one["id"], "status": "deleted"})
            else:
                result.append({"id": one["id"], **_skipped(1004, "Lead not found")})
        return ok(result)

    def _merge(self, request: Request, winner: str) -> Answer:
        losers = [int(one) for one in request.query["leadIds"].split(",")]
        if int(winner) not in self._instance.leads or not set(losers) <= self._instance.leads.keys():
            return error(1004, "Lead not found")
        self._instance.merge_leads(int(winner), losers, self._clock.now())
        return ok()


def _skipped(code: int, message: str) -> Object:
    return {"status": "skipped", "reasons": [{"code": str(code), "message": message}]}
