"""Objects of Zendesk's API as rows of tables. Pure."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mainstem.connectors.streams import DELETED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.connectors.streams import Row

Object = dict[str, Any]
_NOT_COLUMNS = {"tags", "via", "metric_set", "fields", "photo", "domain_names", "result_type"}
_OF_EVENTS = {
    "id", "via", "via_reference_id", "event_type", "type", "previous_value", "comment_present",
    "comment_public", "created_at", "audit_id", "author_id",
}  # fmt: skip


def ticket(found: Object) -> Row:
    row = _plain(found)
    row[DELETED] = found.get("status") == "deleted"
    via = found.get("via") or {}
    source = via.get("source") or {}
    sender, receiver = source.get("from") or {}, source.get("to") or {}
    row["via_channel"] = via.get("channel")
    row["via_source_rel"] = source.get("rel")
    row["via_source_from_id"] = sender.get("ticket_id") or sender.get("id")
    row["via_source_from_title"] = sender.get("subject") or sender.get("title")
    row["via_source_from_address"] = sender.get("address")
    row["via_source_to_address"] = receiver.get("address")
    row["via_source_to_name"] = receiver.get("name")
    return row


def tags(found: Object, owner: str) -> Iterator[Row]:
    for tag in found.get("tags") or ():
        yield {owner: found["id"], "tag": tag}


def ticket_metric(found: Object) -> Row:
    """A metric set; times in minutes are two columns each, by the calendar and by business hours."""
    row: Object = {}
    for name, value in found.items():
        if isinstance(value, dict) and value.keys() <= {"calendar", "business"}:
            row |= {f"{name}_{kind}": minutes for kind, minutes in value.items()}
        else:
            row[name] = value
    return row


def user(found: Object) -> Row:
    return {**_plain(found), DELETED: found.get("active") is False}


def organization(found: Object) -> Row:
    return {**_plain(found), DELETED: found.get("deleted_at") is not None}


def domain_names(found: Object) -> Iterator[Row]:
    for index, name in enumerate(found.get("domain_names") or ()):
        yield {"organization_id": found["id"], "index": index, "domain_name": name}


def comments(event: Object) -> Iterator[Row]:
    """Of an event of a ticket, its comments."""
    for child in event.get("child_events") or ():
        if child.get("event_type") == "Comment":
            yield {
                "id": child["id"],
                "ticket_id": event["ticket_id"],
                "user_id": child.get("author_id", event.get("updater_id")),
                "created": child.get("created_at") or _moment(event["timestamp"]),
                "body": child.get("body"),
                "public": child.get("public"),
                "facebook_comment": False,
                "tweet": False,
                "voice_comment": child.get("type") == "VoiceComment",
            }


def field_history(event: Object) -> Iterator[Row]:
    """Of an event of a ticket, the values that its fields have from then on."""
    for child in event.get("child_events") or ():
        if child.get("event_type") not in ("Change", "Create"):
            continue
        for name, value in child.items():
            if name not in _OF_EVENTS:
                yield {
                    "ticket_id": event["ticket_id"],
                    "field_name": name,
                    "updated": _moment(event["timestamp"]),
                    "user_id": event.get("updater_id"),
                    "value": value,
                }


def ticket_schedules(event: Object) -> Iterator[Row]:
    for child in event.get("child_events") or ():
        if child.get("event_type") == "ScheduleAssignment" and child.get("new_schedule_id"):
            yield {
                "ticket_id": event["ticket_id"],
                "created_at": _moment(event["timestamp"]),
                "schedule_id": child["new_schedule_id"],
            }


def metric_event(found: Object) -> Row:
    status = found.get("status") or {}
    row = {name: value for name, value in found.items() if name != "status"}
    return {**row, "status_calendar": status.get("calendar"), "status_business": status.get("business")}


def applied_policies(found: Object) -> Iterator[Row]:
    policy = (found.get("sla") or {}).get("policy") or {}
    if found.get("type") == "apply_sla" and policy.get("id"):
        yield {
            "ticket_id": found["ticket_id"],
            "sla_policy_id": policy["id"],
            "policy_applied_at": found["time"],
        }


def policy_metrics(found: Object) -> Iterator[Row]:
    for index, metric in enumerate(found.get("policy_metrics") or ()):
        yield {
            "sla_policy_id": found["id"],
            "sla_policy_updated_at": found["updated_at"],
            "index": index,
            "metric": metric.get("metric"),
            "priority": metric.get("priority"),
            "business_hours": metric.get("business_hours"),
            "target": metric.get("target"),
        }


def schedule(found: Object) -> Iterator[Row]:
    """A row for each interval; in minutes since Sunday, by the schedule's clock and by UTC in winter."""
    ahead = int(standard_offset(ZoneInfo(found["time_zone"])).total_seconds() // 60)
    for interval in found.get("intervals") or ():
        yield {
            "id": found["id"],
            "name": found["name"],
            "time_zone": found["time_zone"],
            "start_time": interval["start_time"],
            "end_time": interval["end_time"],
            "start_time_utc": interval["start_time"] - ahead,
            "end_time_utc": interval["end_time"] - ahead,
            "created_at": found.get("created_at"),
        }


def time_zone(name: str) -> Row:
    minutes = int(standard_offset(ZoneInfo(name)).total_seconds() // 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return {"time_zone": name, "standard_offset": f"{sign}{minutes // 60:02}:{minutes % 60:02}"}


def daylight_times(name: str, years: range) -> Iterator[Row]:
    """When clocks go forward and back, in UTC, for each year in which they do; `daylight_offset` in hours.

    Of a southern zone the summer that begins in a year ends in the next.
    """
    changes = list(_changes(ZoneInfo(name), years))
    for (begins, is_summer), (ends, _) in itertools.pairwise(changes):
        if is_summer:
            yield {
                "time_zone": name,
                "year": begins.year,
                "daylight_start_utc": begins,
                "daylight_end_utc": ends,
                "daylight_offset": 1,
            }


def standard_offset(zone: ZoneInfo) -> timedelta:
    """What its clocks are ahead of UTC in winter."""
    moments = (datetime(2024, month, 1, tzinfo=UTC).astimezone(zone) for month in (1, 7))
    return min((moment.utcoffset() or timedelta()) - (moment.dst() or timedelta()) for moment in moments)


def _changes(zone: ZoneInfo, years: range) -> Iterator[tuple[datetime, bool]]:
    """The hours at which its clocks change, and whether summer begins."""
    day, hour = timedelta(days=1), timedelta(hours=1)
    at, end = datetime(years.start, 1, 1, tzinfo=UTC), datetime(years.stop, 12, 31, tzinfo=UTC)
    while at < end:
        if _is_summer(zone, at + day) != _is_summer(zone, at):
            moment = next(
                at + n * hour for n in range(1, 25) if _is_summer(zone, at + n * hour) != _is_summer(zone, at)
            )
            yield moment, _is_summer(zone, moment)
        at += day


def _is_summer(zone: ZoneInfo, at: datetime) -> bool:
    return bool(at.astimezone(zone).dst())


def _plain(found: Mapping[str, Any]) -> Object:
    return {name: value for name, value in found.items() if name not in _NOT_COLUMNS}


def _moment(timestamp: int | str) -> Any:
    return datetime.fromtimestamp(timestamp, UTC) if isinstance(timestamp, int) else timestamp
