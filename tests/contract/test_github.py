"""The declaration of GitHub keeps the contract of connectors on the simulated GitHub."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas import feed
from mainstem.simulate.saas.github import GithubService
from mainstem.testing.connector_contract import ConnectorContract
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.sales import engineering, issue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.simulate.saas import ControlledClock, Service
    from mainstem.simulate.saas.github.hub import Repository
    from mainstem.testing.connector_contract import Scene
    from mainstem.testing.connector_subject import Rows

ISSUES = 24
REPOSITORIES = ["acme/app", "acme/api"]
_USER = ("login", "type")


class GithubSubject(ConnectorSubject):
    kind = "rest"
    stream = "issues"
    path = r"/repos/acme/ap[pi]/issues$"
    tells_removals = True

    def __init__(self) -> None:
        self._added = 0

    def make_service(self, clock: ControlledClock) -> GithubService:
        service = GithubService(clock)
        feed(engineering(ISSUES), [service], clock)
        service.hub.repository("api")
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        return {
            "base_url": base_url,
            "declaration": "github",
            "secrets": {"token": GithubService.token},
            "parameters": {"page_size": 5, "repositories": REPOSITORIES},
        }

    def change(self, service: Service) -> None:
        self._added += 1
        hub = _github(service).hub
        for change in issue(95 + 8 * self._added, service.clock.now()):
            service.clock.move_to(change.at)
            service.absorb(change)
        app, now = hub.repositories["acme/app"], service.clock.now()
        hub.change_issue(app, 1, now, {"title": f"Renamed {self._added}", "labels": []})
        hub.comment(app, 2, now, "brook", "Any news?")
        hub.release(app, now, f"v9.{self._added}")

    def remove(self, service: Service) -> None:
        app = _github(service).hub.repositories["acme/app"]
        del app.releases[min(app.releases)]
        del app.stars[min(app.stars)]

    def add_field(self, service: Service) -> tuple[str, str]:
        hub = _github(service).hub
        app, now = hub.repositories["acme/app"], service.clock.now()
        hub.change_issue(app, 3, now, {"activeLockReason": "resolved"})
        return "issue", "active_lock_reason"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        hub = _github(service).hub
        held = list(hub.repositories.values())
        issues = [(one, repo) for repo in held for one in repo.issues.values()]
        named = [hub.user("acme"), *_people(issues), *(c["user"] for r in held for c in r.comments.values())]
        return {
            "repository": {
                str(repo.value["id"]): {"full_name": repo.value["full_name"]} for repo in held
            },
            "user": {str(one["id"]): {name: one[name] for name in _USER} for one in named},
            **_issue_rows(issues),
            "pull_request": {
                str(one["id"]): {
                    "number": one["number"], "state": one["state"], "head_ref": one["head"]["ref"],
                    "base_repo_id": repo.value["id"], "merge_commit_sha": one["merge_commit_sha"],
                    "merged_at": moment(one["merged_at"]), "head_user_id": one["head"]["user"]["id"],
                }
                for repo in held
                for one in repo.pulls.values()
            },
            "issue_comment": {
                str(one["id"]): {"body": one["body"], "user_id": one["user"]["id"]}
                for repo in held
                for one in repo.comments.values()
            },
            "commit": {
                f'[{repo.value["id"]},"{one["sha"]}"]': {
                    "message": one["commit"]["message"], "author_email": one["commit"]["author"]["email"],
                    "committer_date": moment(one["commit"]["committer"]["date"]),
                }
                for repo in held
                for one in repo.commits
            },
            "release": {
                str(one["id"]): {"tag_name": one["tag_name"], "repository_id": repo.value["id"]}
                for repo in held
                for one in repo.releases.values()
            },
            "stargazer": {
                f"[{repo.value['id']},{one['user']['id']}]": {
                    "login": one["user"]["login"], "starred_at": moment(one["starred_at"]),
                }
                for repo in held
                for one in repo.stars.values()
            },
        }  # fmt: skip


class TestGithub(ConnectorContract):
    def subject(self) -> ConnectorSubject:
        return GithubSubject()

    def test_a_token_that_ends_on_the_way_is_renewed(self, scene: Scene) -> None:
        """A token that is regenerated is refused, until the settings have the new one."""
        scene.fault("expired", after=2)
        assert scene.sync().state == "partial"
        assert scene.service.calls["refused"] >= 1
        assert isinstance(scene.service, GithubService)
        scene.service.token = GithubService.token
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_a_repository_without_commits_has_none(self, scene: Scene) -> None:
        assert isinstance(scene.service, GithubService)
        scene.service.hub.repositories["acme/api"].commits.clear()
        assert scene.sync().state == "success"
        scene.assert_equal()

    def test_an_issue_that_moves_while_pages_are_read_hides_no_other(self, scene: Scene) -> None:
        """One that was read changes: it goes to the end, and what stood behind it moves up a place."""
        assert isinstance(scene.service, GithubService)
        service, hub = scene.service, scene.service.hub
        handled = service.handle
        seen: list[str] = []

        def handle(request: Any) -> Any:
            answer = handled(request)
            if request.path == "/repos/acme/app/issues" and len(seen) < 3:
                seen.append(request.path)
                service.clock.advance(1)
                app = hub.repositories["acme/app"]
                hub.change_issue(app, len(seen), service.clock.now(), {"title": "Moved"})
            return answer

        service.handle = handle  # type: ignore[method-assign] # somebody else works there meanwhile
        scene.sync()
        assert len(seen) == 3
        found = scene.stands()["issue"]
        assert found.keys() == scene.subject.expected(service)["issue"].keys()


def _people(issues: Iterable[tuple[dict[str, Any], Repository]]) -> Iterable[dict[str, Any]]:
    for one, _ in issues:
        yield one["user"]
        yield from one["assignees"]


def _issue_rows(issues: list[tuple[dict[str, Any], Repository]]) -> dict[str, Rows]:
    return {
        "issue": {
            str(one["id"]): {
                "number": one["number"], "repository_id": repo.value["id"], "title": one["title"],
                "state": one["state"], "pull_request": "pull_request" in one,
                "user_id": one["user"]["id"], "closed_at": moment(one["closed_at"]),
                "updated_at": moment(one["updated_at"]),
            }
            for one, repo in issues
        },
        "issue_label": {
            f"[{one['id']},{label['id']}]": {"label_id": label["id"]}
            for one, _ in issues
            for label in one["labels"]
        },
        "issue_assignee": {
            f"[{one['id']},{person['id']}]": {"user_id": person["id"]}
            for one, _ in issues
            for person in one["assignees"]
        },
    }  # fmt: skip


def _github(service: Service) -> GithubService:
    assert isinstance(service, GithubService)
    return service


def moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written).astimezone(UTC)


def test_the_simulated_repositories_have_several_pages() -> None:
    from mainstem.simulate.saas import ControlledClock
    from mainstem.testing.connectors import NOON

    hub = GithubSubject().make_service(ControlledClock(NOON - timedelta(days=1))).hub
    assert all(len(repo.issues) > 15 for repo in hub.repositories.values())
    assert hub.repositories["acme/app"].stars
