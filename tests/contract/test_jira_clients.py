"""An independent client of Jira runs unchanged on the simulated one, and sees what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jira import JIRA, JIRAError

from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.jira import JiraService, fixed
from mainstem.testing.connectors import NOON
from mainstem.testing.tracker import tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.testing.saas import SaasHost

ISSUES = 24
ALL = "created >= 2000-01-01 ORDER BY key ASC"


@pytest.fixture
def service() -> JiraService:
    made = JiraService(ControlledClock(NOON), limits=(), most=7)  # a client's pauses are real ones
    feed(tracker(ISSUES), [made], made.clock)
    made.clock.advance(600)
    return made


@pytest.fixture(params=["2", "3"])
def jira(service: JiraService, saas: SaasHost, request: pytest.FixtureRequest) -> Iterator[JIRA]:
    with saas.hosting(service) as base_url:
        client = JIRA(
            server=base_url,
            basic_auth=("admin@site.example", service.api_token),
            options={"rest_api_version": request.param},
            max_retries=1,
        )
        yield client
        client.close()  # type: ignore[no-untyped-call] # the client leaves it so


def test_every_issue_comes_by_token(jira: JIRA, service: JiraService) -> None:
    found = jira.enhanced_search_issues(ALL, maxResults=0, fields="summary,status,project")
    assert {issue.key: issue.fields.status.id for issue in found} == {
        one.key: one.fields["status"] for one in service.site.issues.values()
    }
    assert jira.approximate_issue_count("project = SRV") == sum(
        one.key.startswith("SRV-") for one in service.site.issues.values()
    )


def test_a_query_without_a_bound_or_sense_is_refused_as_jira_does(jira: JIRA) -> None:
    with pytest.raises(JIRAError, match="Unbounded"):
        jira.enhanced_search_issues("ORDER BY key")
    with pytest.raises(JIRAError, match="does not exist"):
        jira.enhanced_search_issues("flavour = sweet")


def test_an_issue_has_its_changelog(jira: JIRA, service: JiraService) -> None:
    one = max(service.site.issues.values(), key=lambda issue: len(issue.events))
    found = jira.issue(one.key, expand="changelog")
    items = [item for history in found.changelog.histories for item in history.items]
    statuses = [item.to for item in items if item.field == "status"]
    assert list(reversed(statuses)) == [
        event.changes["status"][1] for event in one.events if "status" in event.changes
    ]


def test_a_moved_issue_is_found_by_its_former_key(jira: JIRA, service: JiraService) -> None:
    moved = next(
        one for one in service.site.issues.values() if any("issuekey" in e.changes for e in one.events)
    )
    former = next(e.changes["issuekey"][0] for e in moved.events if "issuekey" in e.changes)
    assert jira.issue(former).key == moved.key


def test_boards_and_sprints_have_pages(jira: JIRA, service: JiraService) -> None:
    boards = jira.boards(maxResults=0)
    assert [board.id for board in boards] == sorted(service.site.boards)
    scrum = [board for board in boards if board.type == "scrum"]
    sprints = [sprint.id for board in scrum for sprint in jira.sprints(board.id)]
    assert sorted(sprints) == sorted(service.site.sprints)
    kanban = next(board for board in boards if board.type == "kanban")
    with pytest.raises(JIRAError, match="does not support sprints"):
        jira.sprints(kanban.id)


def test_lists_can_be_read(jira: JIRA, service: JiraService) -> None:
    assert {project.key for project in jira.projects()} == {"SRV", "WEB"}
    assert [version.name for version in jira.project_versions("SRV")] == ["SRV 1.0"]
    assert {component.name for component in jira.project_components("SRV")} == {"API", "Storage"}
    assert [status.name for status in jira.statuses()] == list(fixed.STATUSES)
    assert {field["id"] for field in jira.fields()} == {field["id"] for field in service.site.fields}
    assert jira.myself()["timeZone"] == fixed.ZONE
    assert [kind.name for kind in jira.issue_types()] == list(fixed.TYPES)
    assert [one.name for one in jira.priorities()] == list(fixed.PRIORITIES)
    assert [one.name for one in jira.resolutions()] == list(fixed.RESOLUTIONS)


def test_an_issue_is_written_changed_and_deleted(jira: JIRA, service: JiraService) -> None:
    made = jira.create_issue(
        fields={"project": {"key": "SRV"}, "summary": "New", "issuetype": {"name": "Bug"}}
    )
    assert made.fields.summary == "New"
    made.update(fields={"summary": "Newer", "labels": ["vip"]})
    jira.transition_issue(made, "Done")
    held = service.site.issue(made.key)
    assert held is not None
    assert (held.fields["summary"], held.fields["resolution"]) == ("Newer", "10000")
    sprint = min(service.site.sprints)
    jira.add_issues_to_sprint(sprint, [made.key])
    assert held.fields[fixed.SPRINT] == [sprint]
    made.delete()  # type: ignore[no-untyped-call] # the client leaves it so
    with pytest.raises(JIRAError, match="does not exist"):
        jira.issue(made.key)


def test_work_is_logged_and_taken_back(jira: JIRA, service: JiraService) -> None:
    key = next(iter(service.site.issues.values())).key
    before = len(jira.worklogs(key))
    logged = jira.add_worklog(key, timeSpent="2h 30m")
    assert logged.timeSpentSeconds == 9000
    assert len(jira.worklogs(key)) == before + 1
    logged.delete()
    assert len(jira.worklogs(key)) == before
    assert int(logged.id) in service.site.deleted_worklogs


def test_a_wrong_token_is_refused(service: JiraService, saas: SaasHost) -> None:
    with saas.hosting(service) as base_url, pytest.raises(JIRAError, match="authenticated"):
        JIRA(server=base_url, basic_auth=("admin@site.example", "wrong"), max_retries=0)


def test_a_limit_is_waited_out_as_jira_tells_it(jira: JIRA, service: JiraService) -> None:
    service.faults.add(Fault("rate_limit", "/project", seconds=0.0))
    assert len(jira.projects()) == 2
    assert service.calls["limited"] == 1
