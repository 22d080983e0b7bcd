"""Reading what there is little of in Marketo, whole; and the members of lists and programs, now and then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.connectors.contract import Asked, Page
from mainstem.connectors.marketo import rows
from mainstem.connectors.marketo.paging import AssetOffset, ListToken
from mainstem.connectors.marketo.place import OVERLAP
from mainstem.connectors.marketo.spans import SETTLES, stamp
from mainstem.connectors.pages import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mainstem.saas import ApiSession

Object = dict[str, Any]
_ASSETS = 200
_LEADS = 300


class Lists:
    def __init__(
        self, session: ApiSession, fields: Sequence[Object], kinds: Sequence[Object], again: timedelta
    ) -> None:
        """`fields` and `kinds` as the instance described them; members are read `again` after so long."""
        self._session = session
        self._fields = fields
        self._kinds = kinds
        self._again = again

    def read(self, stream: str, asked: Asked) -> Iterator[Page]:
        began = self._session.clock.now()
        if stream == "program_details":
            yield from self._program_details(asked)
        elif stream in ("program_members", "list_members"):
            yield from self._members(stream, asked)
        else:
            yield from self._whole[stream](self)
            yield Page(complete_through=began - SETTLES)

    def _activity_types(self) -> Iterator[Page]:
        yield Page(
            {
                "activity_type": [rows.activity_type(one) for one in self._kinds],
                "activity_type_attribute": [r for one in self._kinds for r in rows.activity_attributes(one)],
            },
            owners={"activity_type_attribute": [one["id"] for one in self._kinds]},
        )

    def _lead_fields(self) -> Iterator[Page]:
        yield Page({"lead_describe": [rows.lead_field(one) for one in self._fields]})

    def _programs(self) -> Iterator[Page]:
        for found in self._assets("programs"):
            yield Page({"program": [rows.program(one) for one in found]})

    def _campaigns(self) -> Iterator[Page]:
        for found in self._assets("smartCampaigns"):
            yield Page({"campaign": [rows.campaign(one) for one in found]})

    def _emails(self) -> Iterator[Page]:
        for found in self._assets("emails"):
            yield Page({"email_template_history": [rows.email(one) for one in found]})

    def _lists(self) -> Iterator[Page]:
        for found in self._listed("/rest/v1/lists.json"):
            yield Page({"list": [rows.static_list(one) for one in found]})

    def _program_details(self, asked: Asked) -> Iterator[Page]:
        """Tags and costs, of each program by itself: those that changed."""
        newest = str((asked.position or {}).get("newest", ""))
        began = self._session.clock.now()
        only = {}
        if newest:
            since = stamp(datetime.fromisoformat(newest) - OVERLAP)
            only = {"earliestUpdatedAt": since, "latestUpdatedAt": stamp(began + _AHEAD)}
        for found in self._assets("programs", only):
            for one in found:
                newest = max(newest, rows.moment(one["updatedAt"]).isoformat())
                body = self._session.get(f"/rest/asset/v1/program/{one['id']}.json").json()
                for whole in body.get("result") or ():
                    yield Page(
                        {
                            "program_tag": list(rows.program_tags(whole)),
                            "program_cost": list(rows.program_costs(whole)),
                        },
                        owners={"program_tag": [whole["id"]], "program_cost": [whole["id"]]},
                    )
        yield Page(position={"newest": newest} if newest else None, complete_through=began - SETTLES)

    def _members(self, stream: str, asked: Asked) -> Iterator[Page]:
        """All of them, of one list or program after the other, once in a while."""
        held, began = asked.position or {}, self._session.clock.now()
        read_at = held.get("read_at")
        if read_at and "behind" not in held and began < datetime.fromisoformat(read_at) + self._again:
            return
        behind = int(held.get("behind", 0))
        begun = held["begun"] if "behind" in held else began.isoformat()
        one_of = self._list_members if stream == "list_members" else self._program_members
        for number in sorted(self._numbers(stream)):
            if number > behind:
                yield one_of(number, {"begun": begun, "behind": number})
        yield Page(position={"read_at": begun}, complete_through=datetime.fromisoformat(begun) - SETTLES)

    def _numbers(self, stream: str) -> Iterator[int]:
        found = self._listed("/rest/v1/lists.json") if stream == "list_members" else self._assets("programs")
        for part in found:
            yield from (int(one["id"]) for one in part)

    def _list_members(self, number: int, position: Object) -> Page:
        found = self._of(f"/rest/v1/lists/{number}/leads.json")
        table, members = "list_membership", [{"list_id": number, "lead_id": one["id"]} for one in found]
        return Page({table: members}, position, owners={table: [number]})

    def _program_members(self, number: int, position: Object) -> Page:
        found = self._of(f"/rest/v1/leads/programs/{number}.json")
        table, members = "program_membership", [rows.program_member(number, one) for one in found]
        return Page({table: members}, position, owners={table: [number]})

    def _of(self, path: str) -> list[Object]:
        asked = {"fields": "id", "batchSize": _LEADS}
        return [one for part in self._listed(path, asked) for one in part]

    def _assets(self, what: str, only: Object | None = None) -> Iterator[list[Object]]:
        asked = {"maxReturn": _ASSETS, "offset": 0, **(only or {})}
        path = f"/rest/asset/v1/{what}.json"
        for found, _ in pages(self._session, path, asked, AssetOffset(_ASSETS), "result[*]"):
            yield found

    def _listed(self, path: str, asked: Object | None = None) -> Iterator[list[Object]]:
        for found, _ in pages(self._session, path, asked or {}, ListToken(), "result[*]"):
            yield found

    _whole: dict[str, Callable[[Lists], Iterator[Page]]] = {  # noqa: RUF012 # never changed
        "activity_types": _activity_types,
        "lead_fields": _lead_fields,
        "programs": _programs,
        "campaigns": _campaigns,
        "emails": _emails,
        "lists": _lists,
    }


_AHEAD = timedelta(days=1)
"""Marketo wants an end of a range, and its clock may be ahead."""
