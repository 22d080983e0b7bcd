from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.web.auth import Role
from mainstem.web.auth.csrf import token_for

if TYPE_CHECKING:
    import httpx2 as httpx
    from starlette.testclient import TestClient

PASSWORD = "correct horse battery"
NEW = "another long password"


def post(client: TestClient, path: str, **fields: str) -> httpx.Response:
    token = token_for(client.cookies["mainstem_session_80"])
    return client.post(path, data={"csrf_token": token, **fields}, follow_redirects=False)


@pytest.fixture
def bob(web: Any) -> Any:
    """A browser of an explorer with a password."""
    web.kept.user("bob", Role.EXPLORER, PASSWORD)
    return web.logged_in("bob", Role.EXPLORER)


def last_action(web: Any) -> tuple[str, str | None, str | None]:
    entry = web.kept.state.entries[-1]
    return entry.action, entry.actor, entry.target


def test_a_password_is_changed_by_who_knows_the_old_one_and_ends_other_sessions(web: Any, bob: Any) -> None:
    other = web.logged_in("bob", Role.EXPLORER)
    wrong = post(bob, "/account/password", current="not this", new=NEW, again=NEW)
    assert wrong.status_code == 403
    assert "current password is wrong" in wrong.text
    before = bob.cookies["mainstem_session_80"]
    assert post(bob, "/account/password", current=PASSWORD, new=NEW, again=NEW).status_code == 303
    assert bob.cookies["mainstem_session_80"] != before
    assert bob.get("/account").status_code == 200
    assert other.get("/account", follow_redirects=False).status_code == 303
    assert last_action(web) == ("password.set", "bob", None)


def test_who_never_had_a_password_sets_one_without(web: Any) -> None:
    client = web.logged_in("carol", Role.VIEWER)
    assert "Current password" not in client.get("/account").text
    assert post(client, "/account/password", new=NEW, again=NEW).status_code == 303
    assert "Current password" in client.get("/account").text


def test_guesses_of_the_current_password_are_counted_like_logins(web: Any, bob: Any) -> None:
    for _ in range(10):
        post(bob, "/account/password", current="guess", new=NEW, again=NEW)
    assert post(bob, "/account/password", current=PASSWORD, new=NEW, again=NEW).status_code == 403


def test_sessions_are_listed_and_ended_one_by_one_or_all_the_others(web: Any, bob: Any) -> None:
    others = [web.logged_in("bob", Role.EXPLORER) for _ in range(3)]
    page = bob.get("/account").text
    assert "this session" in page
    ends = re.findall(r'action="(/account/sessions/[^"]+/end)"', page)
    assert len(ends) == 3
    assert post(bob, ends[0]).status_code == 303
    alive = [other.get("/account", follow_redirects=False).status_code for other in others]
    assert sorted(alive) == [200, 200, 303]
    assert post(bob, "/account/sessions/end-others").status_code == 303
    assert {other.get("/account", follow_redirects=False).status_code for other in others} == {303}
    assert bob.get("/account").status_code == 200


def test_nobody_ends_a_session_or_token_of_another(web: Any, bob: Any) -> None:
    web.kept.api_token("ada@example.org", Role.ADMIN)
    [session, *_] = [s for s in web.kept.state.sessions.values() if s.user_id != web.kept.user("bob", 2)]
    [token] = web.kept.state.tokens.values()
    post(bob, f"/account/sessions/{session.id}/end")
    post(bob, f"/account/tokens/{token.id}/revoke")
    assert session.id in web.kept.state.sessions
    assert not web.kept.state.tokens[token.id].revoked


def test_a_token_is_shown_once_works_and_ends_when_it_is_revoked(web: Any, bob: Any) -> None:
    made = post(bob, "/account/tokens", name="nightly <job>", role="viewer", days="30")
    assert made.status_code == 200
    found = re.search(r'id="new-token">(mst_[\w-]+)<', made.text)
    assert found is not None
    assert last_action(web) == ("token.made", "bob", "nightly <job>")
    page = bob.get("/account").text
    assert found.group(1) not in page
    assert "nightly &lt;job&gt;" in page
    headers = {"authorization": f"Bearer {found.group(1)}"}
    assert web.stranger().get("/dashboards", headers=headers).status_code == 200
    assert found.group(1) not in repr(web.kept.state)
    [revoke] = re.findall(r'action="(/account/tokens/[^"]+/revoke)"', page)
    assert post(bob, revoke).status_code == 303
    assert web.stranger().get("/dashboards", headers=headers).status_code == 401
    assert last_action(web) == ("token.revoked", "bob", "nightly <job>")


def test_a_token_expires_when_it_was_said_to(web: Any, bob: Any) -> None:
    made = post(bob, "/account/tokens", name="ci", role="viewer", days="30").text
    found = re.search(r'id="new-token">(mst_[\w-]+)<', made)
    assert found is not None
    headers = {"authorization": f"Bearer {found.group(1)}"}
    web.kept.now += timedelta(days=29)
    assert web.stranger().get("/dashboards", headers=headers).status_code == 200
    web.kept.now += timedelta(days=1)
    assert web.stranger().get("/dashboards", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "role": "viewer", "days": "30"},
        {"name": "x" * 101, "role": "viewer", "days": "30"},
        {"name": "ci", "role": "admin", "days": "30"},
        {"name": "ci", "role": "root", "days": "30"},
        {"name": "ci", "role": "viewer", "days": "31"},
    ],
)
def test_a_token_that_cannot_be_is_not_made(web: Any, bob: Any, fields: dict[str, str]) -> None:
    assert post(bob, "/account/tokens", **fields).status_code == 400
    assert web.kept.state.tokens == {}
