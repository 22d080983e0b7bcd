"""GitHub's REST API: lists by `Link` headers, `since`, both kinds of limits, and the few writes that its
users make."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from mainstem.simulate.saas.github.hub import ORGANIZATION, Hub
from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.limits import Allowed
from mainstem.simulate.saas.service import Handler, Service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.github.hub import Repository
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.world import Change

Object = dict[str, Any]
_LIST, _MOST = 30, 100
_HOUR = timedelta(hours=1)
_REPO = r"/repos/([^/]+/[^/]+)"
_STARRED = "star+json"


class GithubService(Service):
    """Who has the token, as `Bearer` or `token`."""

    name = "github"
    limits: ClassVar[tuple[Allowed, ...]] = (Allowed(5000, 3600), Allowed(900, 60))
    token = "ghp_simulated"  # noqa: S105 # of a service that does not exist

    def __init__(
        self, clock: ControlledClock, *, seed: int = 1, limits: Iterable[Allowed] | None = None
    ) -> None:
        self.hub = Hub(seed, "https://api.github.com")
        super().__init__(clock, limits=limits)

    def absorb(self, change: Change) -> None:
        self.hub.absorb(change)

    def routes(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "/user", lambda r: self._ok(r, self.hub.user("ada"))),
            ("GET", "/users/([^/]+)", self._user),
            ("GET", "/orgs/([^/]+)", self._organization),
            ("GET", "/orgs/[^/]+/repos", self._repositories),
            ("GET", "/rate_limit", self._rate_limit),
            ("GET", _REPO, self._in(lambda r, held: self._ok(r, held.value))),
            ("GET", f"{_REPO}/issues", self._in(self._issues)),
            ("POST", f"{_REPO}/issues", self._in(self._open_issue)),
            ("GET", f"{_REPO}/issues/comments", self._in(self._comments)),
            ("GET", rf"{_REPO}/issues/(\d+)", self._in(self._issue)),
            ("PATCH", rf"{_REPO}/issues/(\d+)", self._in(self._change_issue)),
            ("GET", rf"{_REPO}/issues/(\d+)/comments", self._in(self._comments_of)),
            ("POST", rf"{_REPO}/issues/(\d+)/comments", self._in(self._comment)),
            ("GET", f"{_REPO}/pulls", self._in(self._pulls)),
            ("GET", rf"{_REPO}/pulls/(\d+)", self._in(self._pull)),
            ("GET", f"{_REPO}/commits", self._in(self._commits)),
            ("GET", f"{_REPO}/commits/([0-9a-f]+)", self._in(self._commit)),
            ("GET", f"{_REPO}/releases", self._in(self._releases)),
            ("GET", f"{_REPO}/stargazers", self._in(self._stargazers)),
        ]

    def authorised(self, request: Request) -> Answer | None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() in ("bearer", "token") and given == self.token:
            return None
        return json_answer({"message": "Bad credentials", "status": "401"}, 401)

    def expire_tokens(self) -> None:
        """The token is regenerated: only the new one is let in."""
        self.token += "_regenerated"

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        """The primary limit is told with 403 and headers, the secondary with 429 and `Retry-After`."""
        if is_quota:
            resets = self.clock.now() + timedelta(seconds=seconds)
            headers = {**self._limits(resets), "X-RateLimit-Remaining": "0"}
            return json_answer({"message": "API rate limit exceeded for user ID 1001."}, 403, headers)
        message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        return json_answer({"message": message}, 429, {"Retry-After": str(int(seconds) + 1)})

    def failed(self, status: int) -> Answer:
        return json_answer({"message": "Server Error"}, status)

    def not_found(self) -> Answer:
        return json_answer({"message": "Not Found", "status": "404"}, 404)

    def _in(self, handler: Handler) -> Handler:
        """With the repository that the path names."""

        def handled(request: Request, full_name: str, *more: str) -> Answer:
            held = self.hub.repositories.get(full_name.lower())
            return self.not_found() if held is None else handler(request, held, *more)

        return handled

    def _ok(
        self, request: Request, body: object, status: int = 200, headers: dict[str, str] | None = None
    ) -> Answer:
        shown = json_answer(body, status, {**self._limits(self.clock.now() + _HOUR), **(headers or {})})
        root = self.hub.root.encode()  # addresses in answers begin as the request did
        return Answer(shown.status, shown.body.replace(root, request.base_url.encode()), shown.headers)

    def _limits(self, resets: datetime) -> dict[str, str]:
        left, allowed = self.left()
        return {
            "X-RateLimit-Limit": str(allowed),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(int(resets.timestamp())),
            "X-RateLimit-Resource": "core",
        }

    def _rate_limit(self, request: Request) -> Answer:
        left, allowed = self.left()
        resets = int((self.clock.now() + _HOUR).timestamp())
        core = {"limit": allowed, "remaining": left, "reset": resets, "used": allowed - left}
        return self._ok(request, {"resources": {"core": core, "search": core}, "rate": core})

    def _user(self, request: Request, login: str) -> Answer:
        found = self.hub.users.get(login)
        return self.not_found() if found is None else self._ok(request, found)

    def _organization(self, request: Request, login: str) -> Answer:
        if login != ORGANIZATION:
            return self.not_found()
        url = f"{self.hub.root}/orgs/{login}"
        return self._ok(request, {**self.hub.user(login), "url": url, "repos_url": f"{url}/repos"})

    def _repositories(self, request: Request) -> Answer:
        return self._listed(request, [held.value for held in self.hub.repositories.values()])

    def _issues(self, request: Request, held: Repository) -> Answer:
        return self._listed(request, _sorted(request, _in_state(request, held.issues.values()), since=True))

    def _pulls(self, request: Request, held: Repository) -> Answer:
        return self._listed(request, _sorted(request, _in_state(request, held.pulls.values()), since=False))

    def _comments(self, request: Request, held: Repository) -> Answer:
        return self._listed(request, _sorted(request, held.comments.values(), since=True, direction="asc"))

    def _comments_of(self, request: Request, held: Repository, number: str) -> Answer:
        url = f"{held.value['url']}/issues/{number}"
        return self._listed(request, [one for one in held.comments.values() if one["issue_url"] == url])

    def _commits(self, request: Request, held: Repository) -> Answer:
        if not held.commits:
            return json_answer({"message": "Git Repository is empty."}, 409)
        since, until = request.query.get("since", ""), request.query.get("until", "9")
        rows = [row for row in reversed(held.commits) if since <= row["commit"]["committer"]["date"] <= until]
        return self._listed(request, rows)

    def _releases(self, request: Request, held: Repository) -> Answer:
        return self._listed(request, list(reversed(held.releases.values())))

    def _stargazers(self, request: Request, held: Repository) -> Answer:
        is_starred = _STARRED in request.headers.get("accept", "")
        return self._listed(request, [one if is_starred else one["user"] for one in held.stars.values()])

    def _issue(self, request: Request, held: Repository, number: str) -> Answer:
        found = held.issues.get(int(number))
        return self.not_found() if found is None else self._ok(request, found)

    def _pull(self, request: Request, held: Repository, number: str) -> Answer:
        found = held.pulls.get(int(number))
        return self.not_found() if found is None else self._ok(request, found)

    def _commit(self, request: Request, held: Repository, sha: str) -> Answer:
        found = next((one for one in held.commits if one["sha"] == sha), None)
        return self.not_found() if found is None else self._ok(request, found)

    def _open_issue(self, request: Request, held: Repository) -> Answer:
        given = request.json()
        names = given.get("labels") or []
        issue = self.hub.open_issue(held, self.clock.now(), given["title"], body=given.get("body"))
        issue["labels"] = [self.hub.label(held, name) for name in names]
        return self._ok(request, issue, 201)

    def _change_issue(self, request: Request, held: Repository, number: str) -> Answer:
        if int(number) not in held.issues:
            return self.not_found()
        given = {name: value for name, value in request.json().items() if name in ("title", "body", "state")}
        return self._ok(request, self.hub.change_issue(held, int(number), self.clock.now(), given))

    def _comment(self, request: Request, held: Repository, number: str) -> Answer:
        if int(number) not in held.issues:
            return self.not_found()
        made = self.hub.comment(held, int(number), self.clock.now(), "ada", request.json()["body"])
        return self._ok(request, made, 201)

    def _listed(self, request: Request, rows: list[Object]) -> Answer:
        number = int(request.query.get("page", 1))
        size = min(int(request.query.get("per_page", _LIST)), _MOST)
        first = (number - 1) * size
        page = self._with_page_faults(request, rows[max(first - size, 0) : first], rows[first : first + size])
        headers: dict[str, str] = {}
        if first + size < len(rows):
            last = (len(rows) + size - 1) // size
            links = [(number + 1, "next"), (last, "last")]
            headers["Link"] = ", ".join(
                f'<{request.base_url}{request.path}?{urlencode({**request.query, "page": n})}>; rel="{rel}"'
                for n, rel in links
            )
        return self._ok(request, page, headers=headers)

    def _with_page_faults(self, request: Request, before: list[Object], page: list[Object]) -> list[Object]:
        """The page as the plan wants it: with rows of the one before, without its newest."""
        repeat, slip = self.page_faults.get("repeat"), self.page_faults.get("slip")
        if slip is not None:
            is_asc = request.query.get("direction") == "asc"
            page = page[: -slip.rows] if is_asc else page[slip.rows :]
        if repeat is not None:
            page = [*before[-repeat.rows :], *page]
        return page


def _in_state(request: Request, rows: Iterable[Object]) -> list[Object]:
    state = request.query.get("state", "open")
    return [row for row in rows if state in ("all", row["state"])]


def _sorted(
    request: Request, rows: Iterable[Object], *, since: bool, direction: str = "desc"
) -> list[Object]:
    """By `sort` and `direction`; `since` is of lists that know it, and a row's last change."""
    begin = request.query.get("since", "") if since else ""
    by = {"updated": "updated_at"}.get(request.query.get("sort", ""), "created_at")
    found = [row for row in rows if row["updated_at"] >= begin]
    is_desc = request.query.get("direction", direction) == "desc"
    return sorted(found, key=lambda row: (row[by], row["id"]), reverse=is_desc)
