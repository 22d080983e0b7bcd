"""An independent client of GitHub runs unchanged on the simulated one, and sees what it holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from github import Auth, BadCredentialsException, Github, UnknownObjectException

from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.github import GithubService
from mainstem.testing.connectors import NOON
from mainstem.testing.sales import engineering
from tests.contract.test_github import ISSUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from github.Repository import Repository

    from mainstem.testing.saas import SaasHost


@pytest.fixture
def service() -> GithubService:
    made = GithubService(ControlledClock(NOON), limits=())  # a client's pauses are real ones
    feed(engineering(ISSUES), [made], made.clock)
    made.clock.advance(600)
    return made


@pytest.fixture
def github(service: GithubService, saas: SaasHost) -> Iterator[Github]:
    with saas.hosting(service) as base_url, client_at(base_url, service.token) as client:
        yield client


@pytest.fixture
def app(github: Github) -> Repository:
    return github.get_repo("acme/app")


def client_at(base_url: str, token: str) -> Github:
    return Github(
        auth=Auth.Token(token),
        base_url=base_url,
        per_page=5,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )


def test_repositories_and_people_are_found(github: Github, service: GithubService) -> None:
    names = {repo.full_name for repo in github.get_organization("acme").get_repos()}
    assert names == set(service.hub.repositories)
    assert github.get_user().login == "ada"
    assert github.get_user("brook").id == service.hub.users["brook"]["id"]


def test_every_issue_comes_page_by_page(app: Repository, service: GithubService) -> None:
    held = service.hub.repositories["acme/app"]
    found = list(app.get_issues(state="all", sort="updated", direction="asc"))
    assert sorted(one.number for one in found) == sorted(held.issues)
    moments = [one.updated_at for one in found]
    assert moments == sorted(moments)
    pulls = {one.number for one in found if one.pull_request is not None}
    assert pulls == set(held.pulls)
    assert {one.number for one in app.get_issues()} == {
        number for number, one in held.issues.items() if one["state"] == "open"
    }


def test_issues_and_comments_are_bounded_by_their_last_change(
    app: Repository, service: GithubService
) -> None:
    held = service.hub.repositories["acme/app"]
    since = NOON + timedelta(days=1)
    assert {one.number for one in app.get_issues(state="all", since=since)} == {
        number for number, one in held.issues.items() if moment(one["updated_at"]) >= since
    }
    comments = list(app.get_issues_comments(sort="updated", direction="asc", since=since))
    assert {one.id for one in comments} == {
        number for number, one in held.comments.items() if moment(one["updated_at"]) >= since
    }


def test_pull_requests_commits_releases_and_stars_are_read(app: Repository, service: GithubService) -> None:
    held = service.hub.repositories["acme/app"]
    pulls = list(app.get_pulls(state="all", sort="updated", direction="desc"))
    assert {one.number: one.merge_commit_sha for one in pulls} == {
        number: one["merge_commit_sha"] for number, one in held.pulls.items()
    }
    assert [one.sha for one in app.get_commits()] == [one["sha"] for one in reversed(held.commits)]
    assert app.get_commit(held.commits[0]["sha"]).commit.message.startswith("Resolve ISS-")
    assert {one.tag_name for one in app.get_releases()} == {one["tag_name"] for one in held.releases.values()}
    stars = {one.user.login: one.starred_at for one in app.get_stargazers_with_dates()}
    assert stars == {login: moment(one["starred_at"]) for login, one in held.stars.items()}


def test_an_issue_is_opened_commented_and_closed(app: Repository, service: GithubService) -> None:
    issue = app.create_issue("It is slow", body="Very.", labels=["Bug"])
    issue.create_comment("Which page?")
    issue.edit(state="closed")
    held = service.hub.repositories["acme/app"].issues[issue.number]
    assert (held["state"], held["comments"]) == ("closed", 1)
    assert [one.body for one in issue.get_comments()] == ["Which page?"]
    assert app.get_issue(issue.number).closed_at is not None


def test_what_there_is_not_and_a_wrong_token_are_told_as_github_tells_it(
    github: Github, service: GithubService, saas: SaasHost
) -> None:
    with pytest.raises(UnknownObjectException):
        github.get_repo("acme/none")
    with (
        saas.hosting(service) as base_url,
        client_at(base_url, "ghp_wrong") as client,
        pytest.raises(BadCredentialsException),
    ):
        client.get_user().login  # noqa: B018 # asking for it asks GitHub


def test_limits_are_told_as_github_tells_them(
    github: Github, app: Repository, service: GithubService
) -> None:
    assert github.get_rate_limit().rate.remaining == 10_000
    service.faults.add(Fault("error", "/releases", status=502))
    assert len(list(app.get_releases())) == len(service.hub.repositories["acme/app"].releases)
    assert service.calls["error"] == 1
    service.faults.add(Fault("rate_limit", "/commits", seconds=0.0))
    assert len(list(app.get_commits())) > 0  # the client waits as the answer says
    assert service.calls["limited"] == 1


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
