from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.web.auth import Role
from mainstem.web.auth.csrf import token_for

if TYPE_CHECKING:
    import uuid

    import httpx2 as httpx


def post(web: Any, path: str, **fields: str) -> httpx.Response:
    token = token_for(web.client.cookies["mainstem_session_80"])
    answer: httpx.Response = web.client.post(
        path, data={"csrf_token": token, **fields}, follow_redirects=False
    )
    return answer


@pytest.fixture
def bob(web: Any) -> uuid.UUID:
    found: uuid.UUID = web.kept.user("bob", Role.VIEWER, "correct horse battery")
    return found


def user(web: Any, user_id: uuid.UUID) -> Any:
    return web.kept.accounts.users.by_id(user_id)


def last_entry(web: Any) -> tuple[str, str | None, str | None, dict[str, str]]:
    entry = web.kept.state.entries[-1]
    return entry.action, entry.actor, entry.target, dict(entry.details)


def shown_link(answer: httpx.Response) -> str:
    found = re.search(r'id="one-time-link">http://127\.0\.0\.1(/login/link/[\w-]+)<', answer.text)
    assert found is not None
    return found.group(1)


def test_a_new_user_gets_a_link_that_is_shown_once(web: Any) -> None:
    made = post(web, "/users", login="carol@example.org", role="explorer")
    link = shown_link(made)
    assert "carol@example.org" in web.stranger().get(link).text
    page = web.client.get("/users").text
    assert "carol@example.org" in page
    assert "invited" in page
    assert link not in page
    assert [entry.action for entry in web.kept.state.entries] == ["user.made", "link.made"]


@pytest.mark.parametrize("login", ["", "with space", "<script>", "a/b", "x" * 201])
def test_a_login_that_cannot_be_is_refused_with_what_is_valid(web: Any, login: str) -> None:
    answer = post(web, "/users", login=login, role="viewer")
    assert answer.status_code == 400
    assert "e-mail address or a name" in answer.text
    assert len(web.kept.state.users) == 1


def test_a_login_that_is_taken_is_refused(web: Any, bob: uuid.UUID) -> None:
    assert post(web, "/users", login="BOB", role="viewer").status_code == 409


def test_a_role_is_changed_and_written_down(web: Any, bob: uuid.UUID) -> None:
    assert post(web, f"/users/{bob}/role", role="developer").status_code == 303
    assert user(web, bob).role == "developer"
    told = {"from": "viewer", "to": "developer"}
    assert last_entry(web) == ("user.role", "ada@example.org", "bob", told)
    assert post(web, f"/users/{bob}/role", role="root").status_code == 400


def test_a_disabled_user_is_out_at_once_and_can_be_let_in_again(web: Any, bob: uuid.UUID) -> None:
    client = web.logged_in("bob", Role.VIEWER)
    assert post(web, f"/users/{bob}/disable").status_code == 303
    assert client.get("/dashboards", follow_redirects=False).status_code == 303
    assert "disabled" in web.client.get("/users").text
    assert post(web, f"/users/{bob}/enable").status_code == 303
    assert user(web, bob).disabled_at is None
    assert last_entry(web)[:3] == ("user.enabled", "ada@example.org", "bob")


def test_an_administrator_takes_neither_role_nor_access_from_themselves(web: Any) -> None:
    me = web.kept.user("ada@example.org", Role.ADMIN)
    assert post(web, f"/users/{me}/role", role="viewer").status_code == 409
    assert post(web, f"/users/{me}/disable").status_code == 409
    assert user(web, me).role == "admin"


def test_a_forgotten_password_is_set_anew_by_a_link(web: Any, bob: uuid.UUID) -> None:
    link = shown_link(post(web, f"/users/{bob}/link"))
    assert "Set your password" in web.stranger().get(link).text


@pytest.mark.parametrize("what", ["role", "disable", "enable", "link"])
@pytest.mark.parametrize("who", ["00000000-0000-0000-0000-000000000000", "nobody"])
def test_a_user_there_is_none_of_is_404(web: Any, what: str, who: str) -> None:
    assert post(web, f"/users/{who}/{what}", role="viewer").status_code == 404


def test_the_audit_page_shows_the_newest_first_and_pages_back(web: Any) -> None:
    for number in range(120):
        web.kept.accounts.audit.add(web.kept.now, "login", actor=f"user{number}", address="192.0.2.7")
    first = web.client.get("/audit").text
    assert first.index("user119") < first.index("user20")
    assert "user19<" not in first
    [older] = re.findall(r'href="(/audit\?[^"]*before=[^"]*)"', first)
    second = web.client.get(older.replace("&amp;", "&")).text
    assert "user19<" in second
    assert "user20<" not in second


def test_the_audit_page_is_asked_for_one_action_or_one_login(web: Any, bob: uuid.UUID) -> None:
    post(web, f"/users/{bob}/role", role="developer")
    web.kept.accounts.audit.add(web.kept.now, "login", actor="carol", details={"by": "<one-time> link"})
    only_bob = web.client.get("/audit", params={"who": "bob"}).text
    assert "from: viewer, to: developer" in only_bob
    assert "carol" not in only_bob
    logins = web.client.get("/audit", params={"action": "login"}).text
    assert "&lt;one-time&gt; link" in logins
    assert "to: developer" not in logins
    for odd in ({"before": "x"}, {"before": "9" * 30}, {"action": "nothing"}):
        assert web.client.get("/audit", params=odd).status_code == 200
