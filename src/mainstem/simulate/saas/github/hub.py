"""What a simulated organization on GitHub holds, made of the company's rows: a project of engineering is a
repository, its issues are issues; one in review has a pull request, which is merged when it is done; a sprint
that ends is a release; contacts of the CRM are people who star.

Ids are counted up in the order in which rows first come, so that the same company has the same ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.saas.clock import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.simulate.world import Change

Object = dict[str, Any]
ORGANIZATION = "acme"
_TEAM = ("ada", "brook", "casey", "devon")
_COLORS = {"Story": "1d76db", "Bug": "d73a4a", "Task": "cfd3d7"}
_SHARED = ("number", "title", "user", "state", "locked", "body", "created_at", "updated_at", "closed_at")
"""What a pull request has of its issue."""
BEGAN = "2015-06-01T08:00:00Z"


@dataclass
class Repository:
    value: Object
    issues: dict[int, Object] = field(default_factory=dict)
    """Pull requests among them, by number."""
    pulls: dict[int, Object] = field(default_factory=dict)
    comments: dict[int, Object] = field(default_factory=dict)
    commits: list[Object] = field(default_factory=list)
    releases: dict[int, Object] = field(default_factory=dict)
    stars: dict[str, Object] = field(default_factory=dict)
    labels: dict[str, Object] = field(default_factory=dict)


class Hub:
    def __init__(self, seed: int, root: str) -> None:
        self._seed = seed
        self.root = root
        self.repositories: dict[str, Repository] = {}
        """By `owner/name`."""
        self.users: dict[str, Object] = {}
        self._counts: dict[str, int] = {}
        self._issues: dict[str, tuple[Repository, int]] = {}
        self._pulls: dict[str, int] = {}
        self._releases: set[str] = set()
        for login in (ORGANIZATION, *_TEAM):
            self.user(login)

    def absorb(self, change: Change) -> None:
        if change.row is None:
            return
        match change.system, change.table:
            case "engineering", "issues":
                self._issue(change.at, change.key, change.row)
            case "engineering", "sprints":
                self._sprint(change.at, change.key, change.row)
            case "crm", "contacts":
                self._contact(change.at, change.key, change.row)

    def user(self, login: str) -> Object:
        if login not in self.users:
            self.users[login] = {
                "login": login,
                "id": self._next("user"),
                "node_id": f"U_{login}",
                "type": "Organization" if login == ORGANIZATION else "User",
                "url": f"{self.root}/users/{login}",
                "html_url": f"https://github.com/{login}",
                "site_admin": False,
            }
        return self.users[login]

    def repository(self, name: str) -> Repository:
        full_name = f"{ORGANIZATION}/{name}"
        if full_name not in self.repositories:
            value = {
                "id": self._next("repository"),
                "node_id": f"R_{name}",
                "name": name,
                "full_name": full_name,
                "private": True,
                "owner": self.user(ORGANIZATION),
                "description": f"The {name} of the company",
                "fork": False,
                "url": f"{self.root}/repos/{full_name}",
                "homepage": None,
                "language": "Go",
                "archived": False,
                "default_branch": "main",
                "created_at": BEGAN,
                "updated_at": BEGAN,
                "pushed_at": BEGAN,
            }
            self.repositories[full_name] = Repository(value)
        return self.repositories[full_name]

    def open_issue(self, held: Repository, at: datetime, title: str, **fields: Any) -> Object:
        """A new issue, with the next number of its repository."""
        number = max(held.issues, default=0) + 1
        issue = {
            "id": self._next("issue"),
            "node_id": f"I_{number}",
            "url": f"{held.value['url']}/issues/{number}",
            "repository_url": held.value["url"],
            "number": number,
            "title": title,
            "user": self.user(_TEAM[number % len(_TEAM)]),
            "labels": [],
            "state": "open",
            "state_reason": None,
            "locked": False,
            "assignee": None,
            "assignees": [],
            "milestone": None,
            "comments": 0,
            "body": f"{title}, in short.",
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "closed_at": None,
            **fields,
        }
        held.issues[number] = issue
        return issue

    def change_issue(self, held: Repository, number: int, at: datetime, fields: Object) -> Object:
        """Of a pull request too: it has a part of its own, with the same state."""
        if "state" in fields:
            fields = {**fields, "closed_at": stamp(at) if fields["state"] == "closed" else None}
        for one in (held.issues[number], held.pulls.get(number)):
            if one is not None:
                one.update(fields, updated_at=stamp(at))
        return held.issues[number]

    def comment(self, held: Repository, number: int, at: datetime, login: str, body: str) -> Object:
        key = self._next("comment")
        held.comments[key] = {
            "id": key,
            "node_id": f"IC_{key}",
            "url": f"{held.value['url']}/issues/comments/{key}",
            "issue_url": f"{held.value['url']}/issues/{number}",
            "user": self.user(login),
            "body": body,
            "created_at": stamp(at),
            "updated_at": stamp(at),
        }
        count = held.issues[number]["comments"] + 1
        self.change_issue(held, number, at, {"comments": count})
        return held.comments[key]

    def label(self, held: Repository, name: str) -> Object:
        if name not in held.labels:
            held.labels[name] = {
                "id": self._next("label"),
                "node_id": f"LA_{name}",
                "url": f"{held.value['url']}/labels/{name}",
                "name": name,
                "color": _COLORS.get(name, "ededed"),
                "default": name == "Bug",
                "description": None,
            }
        return held.labels[name]

    def release(self, held: Repository, at: datetime, tag: str) -> Object:
        key = self._next("release")
        held.releases[key] = {
            "id": key,
            "url": f"{held.value['url']}/releases/{key}",
            "tag_name": tag,
            "target_commitish": "main",
            "name": f"Release {tag}",
            "body": None,
            "draft": False,
            "prerelease": False,
            "author": self.user(_TEAM[0]),
            "assets": [],
            "created_at": stamp(at),
            "published_at": stamp(at),
        }
        return held.releases[key]

    def star(self, held: Repository, at: datetime, login: str) -> None:
        held.stars.setdefault(login, {"starred_at": stamp(at), "user": self.user(login)})

    def commit(self, held: Repository, at: datetime, login: str, message: str) -> Object:
        sha = sha1(f"{self._seed}/{held.value['name']}/{len(held.commits)}".encode()).hexdigest()  # noqa: S324 # as git names them
        who = {"name": login.title(), "email": f"{login}@company.example", "date": stamp(at)}
        parents = held.commits[-1:]
        made = {
            "sha": sha,
            "node_id": f"C_{sha}",
            "url": f"{held.value['url']}/commits/{sha}",
            "html_url": f"https://github.com/{held.value['full_name']}/commit/{sha}",
            "commit": {"message": message, "author": who, "committer": who, "comment_count": 0},
            "author": self.user(login),
            "committer": self.user(login),
            "parents": [
                {"sha": one["sha"], "url": one["url"], "html_url": one["html_url"]} for one in parents
            ],
        }
        held.commits.append(made)
        return made

    def _issue(self, at: datetime, key: str, row: Object) -> None:
        if key not in self._issues:
            held = self.repository(row["project"].lower())
            issue = self.open_issue(held, at, f"{row['type']} {key}")
            issue["labels"] = [self.label(held, row["type"])]
            self._issues[key] = held, issue["number"]
            return
        held, number = self._issues[key]
        login = Chance(self._seed, "github", key).one_of(_TEAM)
        match row["status"]:
            case "In Progress":
                person = self.user(login)
                fields = {"assignee": person, "assignees": [person], "state": "open"}
                self.change_issue(held, number, at, fields)
                self.comment(held, number, at, login, "I take this one.")
            case "In Review" if key not in self._pulls:
                self._pulls[key] = self._open_pull(held, at, f"Resolve {key}", login)["number"]
            case "Done":
                self._merge(held, at, key, login)
                self.change_issue(held, number, at, {"state": "closed"})

    def _open_pull(self, held: Repository, at: datetime, title: str, login: str) -> Object:
        number = max(held.issues, default=0) + 1
        url = f"{held.value['url']}/pulls/{number}"
        issue = self.open_issue(
            held, at, title, user=self.user(login), pull_request={"url": url, "merged_at": None}
        )
        repo = {name: held.value[name] for name in ("id", "name", "full_name", "url", "owner")}
        head = held.commits[-1]["sha"] if held.commits else "0" * 40
        pull = {
            **{name: issue[name] for name in _SHARED},
            "id": self._next("pull"),
            "node_id": f"PR_{number}",
            "url": url,
            "issue_url": issue["url"],
            "merged_at": None,
            "merge_commit_sha": None,
            "draft": False,
            "assignee": None,
            "assignees": [],
            "labels": [],
            "milestone": None,
            "base": self._branch("main", head, repo, repo["owner"]),
            "head": self._branch(f"change-{number}", head, repo, self.user(login)),
        }
        held.pulls[number] = pull
        return pull

    @staticmethod
    def _branch(name: str, sha: str, repo: Object, user: Object) -> Object:
        return {"label": f"{ORGANIZATION}:{name}", "ref": name, "sha": sha, "repo": repo, "user": user}

    def _merge(self, held: Repository, at: datetime, key: str, login: str) -> None:
        number = self._pulls.pop(key, None)
        if number is None:
            return
        commit = self.commit(held, at, login, f"Resolve {key} (#{number})")
        self.change_issue(held, number, at, {"state": "closed"})
        held.pulls[number].update(merged_at=stamp(at), merge_commit_sha=commit["sha"])
        held.issues[number]["pull_request"]["merged_at"] = stamp(at)

    def _sprint(self, at: datetime, key: str, row: Object) -> None:
        if key not in self._releases:
            self._releases.add(key)
            self.release(self.repository(row["project"].lower()), at, f"v{len(self._releases)}.0")

    def _contact(self, at: datetime, key: str, row: Object) -> None:
        chance = Chance(self._seed, "star", key)
        held = list(self.repositories.values())
        if held and chance.happens(0.3):
            login = "".join(letter if letter.isalnum() else "-" for letter in key.lower())
            self.star(chance.one_of(held), at, login)

    def _next(self, kind: str) -> int:
        bases = {"user": 1_000, "repository": 50_000, "issue": 2_000_000, "pull": 3_000_000, "label": 70_000}
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return bases.get(kind, 9_000_000 + 100_000 * len(kind)) + self._counts[kind]
