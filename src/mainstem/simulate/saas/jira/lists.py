"""Lists of a simulated Jira: people, projects with their parts, what issues are made of, boards, sprints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.jira import fixed
from mainstem.simulate.saas.jira.answers import UNSEEN, errors, paged

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.jira.shown import Shown
    from mainstem.simulate.saas.jira.site import Site
    from mainstem.simulate.saas.service import Handler

Object = dict[str, Any]


class Lists:
    """Routes under one version of the API or another, and those of boards."""

    def __init__(self, site: Site, shown: Callable[[Request, str], Shown]) -> None:
        self._site = site
        self._shown = shown

    def routes(self, api: str) -> list[tuple[str, str, Handler]]:
        plain = {
            "field": lambda: self._site.fields,
            "status": fixed.statuses,
            "statuscategory": lambda: fixed.CATEGORIES,
            "issuetype": fixed.issue_types,
            "priority": lambda: fixed.named(fixed.PRIORITIES),
            "resolution": lambda: fixed.named(fixed.RESOLUTIONS),
        }
        found: list[tuple[str, str, Handler]] = [
            ("GET", f"{api}/{name}", lambda r, v, rows=rows: json_answer(rows()))
            for name, rows in plain.items()
        ]
        return [
            *found,
            ("GET", f"{api}/users/search", self._users),
            ("GET", f"{api}/user", self._user),
            ("GET", f"{api}/project", self._all_projects),
            ("GET", f"{api}/project/search", self._projects),
            ("GET", rf"{api}/project/(\w+)", self._project),
            ("GET", rf"{api}/project/(\w+)/versions", self._versions),
            ("GET", rf"{api}/project/(\w+)/components", self._components),
            ("GET", rf"{api}/project/(\w+)/version", self._versions_paged),
            ("GET", rf"{api}/project/(\w+)/component", self._components_paged),
        ]

    def agile(self, agile: str) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", f"{agile}/board", self._boards),
            ("GET", rf"{agile}/board/(\d+)/sprint", self._sprints),
            ("GET", rf"{agile}/sprint/(\d+)", self._sprint),
        ]

    def _users(self, request: Request, version: str) -> Answer:
        begin, size = int(request.query.get("startAt", 0)), int(request.query.get("maxResults", 50))
        shown = self._shown(request, version)
        return json_answer([shown.user(one) for one in list(self._site.people)[begin : begin + size]])

    def _user(self, request: Request, version: str) -> Answer:
        found = self._shown(request, version).user(request.query.get("accountId"))
        return errors(["Specified user does not exist"], 404) if found is None else json_answer(found)

    def _all_projects(self, request: Request, version: str) -> Answer:
        shown = self._shown(request, version)
        return json_answer([shown.whole_project(one) for one in self._site.projects])

    def _projects(self, request: Request, version: str) -> Answer:
        shown = self._shown(request, version)
        return paged(request, [shown.whole_project(one) for one in self._site.projects])

    def _project(self, request: Request, version: str, name: str) -> Answer:
        number = self._project_id(name)
        if number is None:
            return errors([f"No project could be found with key '{name}'."], 404)
        return json_answer(self._shown(request, version).whole_project(number))

    def _project_id(self, name: str) -> int | None:
        for number, one in self._site.projects.items():
            if name in (str(number), one["key"]):
                return number
        return None

    def _versions_in(self, request: Request, version: str, name: str) -> list[Object]:
        project, shown = self._project_id(name), self._shown(request, version)
        return [shown.version(n) for n, one in self._site.versions.items() if one["project"] == project]

    def _components_in(self, request: Request, version: str, name: str) -> list[Object]:
        project, shown = self._project_id(name), self._shown(request, version)
        return [shown.component(n) for n, one in self._site.components.items() if one["project"] == project]

    def _versions(self, request: Request, version: str, name: str) -> Answer:
        return json_answer(self._versions_in(request, version, name))

    def _components(self, request: Request, version: str, name: str) -> Answer:
        return json_answer(self._components_in(request, version, name))

    def _versions_paged(self, request: Request, version: str, name: str) -> Answer:
        return paged(request, self._versions_in(request, version, name))

    def _components_paged(self, request: Request, version: str, name: str) -> Answer:
        return paged(request, self._components_in(request, version, name))

    def _boards(self, request: Request) -> Answer:
        shown, wanted = self._shown(request, "3"), request.query.get("type", "")
        found = [
            shown.board(n) for n, one in self._site.boards.items() if one["type"] in (wanted or one["type"])
        ]
        return paged(request, found)

    def _sprints(self, request: Request, board: str) -> Answer:
        held = self._site.boards.get(int(board))
        if held is None:
            return errors(["Requested board cannot be viewed."], 404)
        if held["type"] != "scrum":
            return errors(["The board does not support sprints"], 400)
        shown = self._shown(request, "3")
        found = [shown.sprint(n) for n, one in self._site.sprints.items() if one["board"] == int(board)]
        states = request.query.get("state", "")
        return paged(request, [one for one in found if not states or one["state"] in states.split(",")])

    def _sprint(self, request: Request, number: str) -> Answer:
        if int(number) not in self._site.sprints:
            return errors([UNSEEN], 404)
        return json_answer(self._shown(request, "3").sprint(int(number)))
