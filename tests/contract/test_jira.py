"""The Jira connector keeps the contract on the simulated Jira."""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.connectors.run import Wanted
from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.jira import JiraService, fixed
from mainstem.testing.connector_contract import SCHEMA, ConnectorContract, Scene, warehouse_rows
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.connectors import NOON
from mainstem.testing.tracker import issue, tracker
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.simulate.saas import Service
    from mainstem.simulate.saas.jira.site import Issue, Site
    from mainstem.testing.connector_subject import Rows
    from mainstem.testing.saas import SaasHost

ISSUES = 24
MOOD = "customfield_10100"
_SEVERAL = {"labels", "components", "fixVersions", "versions", fixed.SPRINT}


class JiraSubject(ConnectorSubject):
    kind = "jira"
    stream = "issues"
    path = r"/rest/api/3/search/jql"

    def __init__(self) -> None:
        self._added = 0

    def make_service(self, clock: ControlledClock) -> JiraService:
        service = JiraService(clock, most_ids=11)
        feed(tracker(ISSUES), [service], clock)
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        client_id, client_secret = JiraService.client
        return {
            "base_url": base_url,
            "client_id": client_id,
            "client_secret": client_secret,
            "page_size": 5,
            "deleted_hours": 0.0,
            "calls_a_second": 50,
        }

    def change(self, service: Service) -> None:
        site = site_of(service)
        self._added += 1
        for change in issue(100 + self._added, service.clock.now()):
            service.clock.move_to(change.at)
            service.absorb(change)
        first = site.issues[min(site.issues)]
        now = service.clock.now()
        site.change(first, now, fixed.ADMIN, {"labels": [f"round{self._added}", "urgent"], "priority": "1"})
        site.comment(first, now, fixed.ADMIN, f"Round {self._added}")

    def remove(self, service: Service) -> None:
        site = site_of(service)
        site.delete(site.issues[sorted(site.issues)[4]], service.clock.now())

    def add_field(self, service: Service) -> tuple[str, str]:
        site = site_of(service)
        site.fields.append(fixed.custom(MOOD, "Mood", "string", "textfield"))
        site.change(site.issues[max(site.issues)], service.clock.now(), fixed.ADMIN, {MOOD: "calm"})
        return "issue", "custom_mood"

    def remove_field(self, service: Service) -> tuple[str, str]:
        site = site_of(service)
        site.fields[:] = [one for one in site.fields if one["id"] != fixed.POINTS]
        for one in site.issues.values():
            one.fields.pop(fixed.POINTS, None)
        return "issue", "custom_story_point_estimate"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        site = site_of(service)
        seen = [*site.issues.values(), *site.removed.values()]
        single = [row for one in seen for row in past(one) if row["field_id"] not in _SEVERAL]
        several = [row for one in seen for row in past(one) if row["field_id"] in _SEVERAL]
        return {
            "issue": {str(one.number): issue_row(one) for one in site.issues.values()},
            "issue_field_history": {
                f'[{row["issue_id"]},"{row["field_id"]}","{written(row["time"])}"]': row for row in single
            },
            "issue_multiselect_history": {fingerprint(row): row for row in several},
            "comment": {
                str(comment["id"]): {
                    "issue_id": one.number,
                    "author_id": comment["author"],
                    "body": comment["body"],
                    "created": millis(comment["created"]),
                }
                for one in seen
                for comment in one.comments
            },
            "worklog": {
                str(number): {
                    "issue_id": one["issue"],
                    "author_id": one["author"],
                    "time_spent_seconds": one["seconds"],
                    "started": millis(one["started"]),
                }
                for number, one in site.worklogs.items()
            },
            "sprint": {
                str(number): {
                    "board_id": one["board"],
                    "name": one["name"],
                    "start_date": one["start"].astimezone(UTC),
                }
                for number, one in site.sprints.items()
            },
            "board": {str(number): {"name": one["name"]} for number, one in site.boards.items()},
            "project": {
                str(number): {"key": one["key"], "lead_id": one["lead"]}
                for number, one in site.projects.items()
            },
            "version": {
                str(number): {
                    "project_id": one["project"],
                    "name": one["name"],
                    "release_date": one["release"].isoformat(),
                }
                for number, one in site.versions.items()
            },
            "component": {str(number): {"name": one["name"]} for number, one in site.components.items()},
            "user": {
                account: {"email": one["emailAddress"], "email_pseudonym": f"k1:{one['emailAddress']}"}
                for account, one in site.people.items()
            },
            "field": {one["id"]: {"name": one["name"], "is_custom": one["custom"]} for one in site.fields},
            "status": {
                number: {"name": name, "status_category_id": category}
                for name, (number, category) in fixed.STATUSES.items()
            },
        }


class TestJira(ConnectorContract):
    def subject(self) -> ConnectorSubject:
        return JiraSubject()

    def test_a_moved_issue_stays_one_row_with_its_new_key(self, scene: Scene) -> None:
        scene.sync()
        scene.settle()
        site = site_of(scene.service)
        moved = next(one for one in site.issues.values() if one.key.startswith("SRV"))
        before = moved.key
        site.change(moved, scene.service.clock.now(), fixed.ADMIN, {"project": site.project("WEB")})
        scene.sync()
        scene.assert_equal()
        row = scene.stands()["issue"][str(moved.number)]
        assert row["key"] == moved.key != before

    def test_worklogs_that_were_deleted_are_told(self, scene: Scene) -> None:
        scene.sync()
        scene.settle()
        site = site_of(scene.service)
        site.delete_worklog(min(site.worklogs), scene.service.clock.now())
        result = scene.sync(Wanted(("worklogs", "issues")))
        assert [one.deleted for one in result.streams if one.stream == "worklogs"] == [1]
        scene.assert_equal()

    def test_a_full_run_finds_deleted_issues_without_remembering_any(self, scene: Scene) -> None:
        scene.sync()
        scene.settle()
        scene.subject.remove(scene.service)
        scene.sync(Wanted(full=True))
        scene.assert_equal()

    def test_a_range_brings_what_changed_in_it_alone(self, scene: Scene) -> None:
        scene.settle()
        begin, end = NOON + timedelta(hours=10), NOON + timedelta(hours=30)
        scene.sync(Wanted(("issues",), since=begin, until=end))
        site = site_of(scene.service)
        inside = {str(one.number) for one in site.issues.values() if begin <= one.updated < end}
        held = rows_held(scene, "issue")
        assert inside <= held
        minutes = timedelta(minutes=1)
        assert held <= {
            str(one.number) for one in site.issues.values() if begin - minutes <= one.updated < end
        }

    def test_an_issue_the_search_never_brought_is_found_by_the_listing(self, scene: Scene) -> None:
        scene.sync()
        scene.settle()
        site = site_of(scene.service)
        late = site.create(
            site.project("SRV"), NOON + timedelta(hours=1), fixed.ADMIN, {"summary": "Unarchived"}
        )
        scene.sync(Wanted(("issues",)))
        assert str(late.number) in rows_held(scene, "issue")
        scene.assert_equal()

    def test_jql_is_written_in_the_clock_of_the_user(self, saas: SaasHost, tmp_path: Path) -> None:
        """West and east of Greenwich, where clocks differ by more than the overlap."""
        for zone in ("America/Los_Angeles", "Asia/Kathmandu"):
            subject = JiraSubject()
            service = subject.make_service(ControlledClock(subject.start))
            service.site.people[fixed.ADMIN]["timeZone"] = zone
            with saas.hosting(service) as base_url, closing(MemoryWarehouse()) as warehouse:
                scene = Scene(subject, service, base_url, warehouse, tmp_path)
                first = scene.sync(Wanted(("issues",)))
                scene.settle()
                subject.change(service)
                second = scene.sync(Wanted(("issues",)))
                expected = {"issue": subject.expected(service)["issue"]}
                assert warehouse_rows(warehouse, expected) == expected
                assert second.streams[0].rows < first.streams[0].rows / 4


def site_of(service: Service) -> Site:
    assert isinstance(service, JiraService)
    return service.site


def issue_row(one: Issue) -> dict[str, Any]:
    fields = one.fields
    row = {
        "key": one.key,
        "summary": fields["summary"],
        "description": fields["description"],
        "project": fields["project"],
        "status": int(fields["status"]),
        "issue_type": int(fields["issuetype"]),
        "resolution": None if fields["resolution"] is None else int(fields["resolution"]),
        "assignee": fields["assignee"],
        "creator": one.creator,
        "created": millis(one.created),
        "updated": millis(one.updated),
        "resolved": None if one.resolved is None else millis(one.resolved),
        "time_spent": fields["timespent"],
        "custom_story_point_estimate": fields[fixed.POINTS],
    }
    return row | ({"custom_mood": fields[MOOD]} if MOOD in fields else {})


def past(one: Issue) -> Iterator[dict[str, Any]]:
    """What each field was from when on, as the site itself remembers."""
    for field in {*one.first, *one.fields, *(name for event in one.events for name in event.changes)}:
        values = [(one.created, one.first.get(field), one.creator)]
        values += [(e.at, e.changes[field][1], e.by) for e in one.events if field in e.changes]
        if values[0][1] in (None, []):
            del values[0]
        by_moment = {millis(at): (value, by) for at, value, by in values}
        for at, (value, by) in by_moment.items():
            for each in value or [None] if isinstance(value, list) else [value]:
                yield {
                    "issue_id": one.number,
                    "field_id": field,
                    "time": at,
                    "value": None if each is None else str(each),
                    "author_id": by,
                    "is_active": at == max(by_moment),
                }


def fingerprint(row: Mapping[str, Any]) -> str:
    name = f"{row['issue_id']}/{row['field_id']}/{row['time'].isoformat()}/{row['value'] or ''}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def millis(at: datetime) -> datetime:
    """Jira has no finer ones."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def rows_held(scene: Scene, table: str) -> set[str]:
    found = scene.warehouse.query(f"SELECT _key FROM {SCHEMA}.{table} WHERE NOT _fivetran_deleted")
    return {row["_key"] for row in found.to_pylist()}
