"""What happened, page by page: activities, changes of leads and deletions, by paging tokens.

A page looks at so many activities and shows those that are asked for, so it may be empty while there is more.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.clock import stamp
from mainstem.simulate.saas.marketo import fixed
from mainstem.simulate.saas.marketo.answers import error, ok

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.simulate.saas.faults import Fault
    from mainstem.simulate.saas.http import Answer, Request
    from mainstem.simulate.saas.marketo.instance import Activity, Instance

Object = dict[str, Any]
_CHANGES = (fixed.NEW_LEAD, fixed.CHANGED)


def first_token(request: Request) -> Answer:
    """For what happened since a moment."""
    try:
        since = datetime.fromisoformat(request.query["sinceDatetime"].replace(" ", "+"))
    except (KeyError, ValueError):
        return error(1003, "sinceDatetime is needed, a moment in ISO 8601")
    moment = since if since.tzinfo else since.replace(tzinfo=UTC)
    return ok(nextPageToken=_token(int(moment.timestamp()), 0))


def shown(activity: Activity) -> Object:
    """As an answer has it."""
    number, name = activity.primary or (None, None)
    body: Object = {
        "id": int(activity.guid), "marketoGUID": activity.guid, "leadId": activity.lead,
        "activityDate": stamp(activity.at), "activityTypeId": activity.type,
    }  # fmt: skip
    for label, value in (
        ("campaignId", activity.campaign),
        ("primaryAttributeValueId", number),
        ("primaryAttributeValue", name),
    ):
        if value is not None:
            body[label] = value
    body["attributes"] = [
        {"name": label, "value": value} for label, value in activity.attributes.items() if value is not None
    ]
    return body


class Happened:
    def __init__(self, instance: Instance, most: int) -> None:
        """`most` activities are looked at for a page."""
        self._instance = instance
        self._most = most

    def activities(self, request: Request, faults: Mapping[str, Fault]) -> Answer:
        kinds = {int(one) for one in request.query.get("activityTypeIds", "").split(",") if one}
        if not kinds or len(kinds) > 10:
            return error(1003, "activityTypeIds: between 1 and 10 are needed")
        leads = {int(one) for one in request.query.get("leadIds", "").split(",") if one}
        if number := request.query.get("listId"):
            leads |= set(self._instance.listed.get(int(number), ()))
        wanted = [
            one
            for one in self._instance.activities
            if one.type != fixed.DELETED and (not (leads or number) or one.lead in leads)
        ]
        return self._page(request, wanted, kinds, faults)

    def changes(self, request: Request, faults: Mapping[str, Fault]) -> Answer:
        names = set(filter(None, request.query.get("fields", "").split(",")))
        if not names:
            return error(1003, "fields are needed")
        labels = {one["displayName"] for one in self._instance.fields if one["rest"]["name"] in names}
        wanted = [
            one
            for one in self._instance.activities
            if one.type == fixed.NEW_LEAD
            or (one.type == fixed.CHANGED and one.primary is not None and one.primary[1] in labels)
        ]
        return self._page(request, wanted, set(_CHANGES), faults)

    def deletions(self, request: Request, faults: Mapping[str, Fault]) -> Answer:
        return self._page(request, self._instance.deletions, {fixed.DELETED}, faults)

    def _page(
        self, request: Request, rows: Sequence[Activity], kinds: set[int], faults: Mapping[str, Fault]
    ) -> Answer:
        place = _read(request.query.get("nextPageToken", ""))
        if place is None:
            return error(1003, "nextPageToken is needed; pagingtoken.json gives the first")
        since, seen = place
        rows = rows[bisect_left(rows, since, key=lambda one: int(one.at.timestamp())) :]
        looked_at = list(rows[seen : seen + self._most])
        if "slip" in faults:
            looked_at = looked_at[: -faults["slip"].rows]
        if "repeat" in faults:
            looked_at = [*rows[max(seen - faults["repeat"].rows, 0) : seen], *looked_at]
        found = [shown(one) for one in looked_at if one.type in kinds]
        end = min(seen + self._most, len(rows))
        more = {"nextPageToken": _token(since, end), "moreResult": end < len(rows)}
        return ok(found or None, **more)


def _token(since: int, seen: int) -> str:
    return urlsafe_b64encode(f"{since}|{seen}".encode()).decode()


def _read(token: str) -> tuple[int, int] | None:
    try:
        since, _, seen = urlsafe_b64decode(token).decode().partition("|")
        return int(since), int(seen)
    except ValueError:
        return None
