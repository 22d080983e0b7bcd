from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mainstem.errors import StoreUnavailable
from mainstem.web.app import checked
from mainstem.web.auth import ANONYMOUS, Role, declared, open_to_all, requires

if TYPE_CHECKING:
    from starlette.requests import Request

# What is open to everybody: a page more is a decision, so it is made here too.
OPEN = {"/health", "/static/{path:path}", "/login", "/login/link/{token}", "/logout"}
CHANGES = [("/account/password", "viewer"), ("/account/tokens", "viewer"), ("/users", "admin")]


def sample(path: str) -> str:
    """An address that a route answers for."""
    return (
        path.replace("{name}", "health")
        .replace("{element}", "visitors")
        .replace("{filter}", "source")
        .replace("{id}", "00000000-0000-0000-0000-000000000001")
    )


def routes(web: Any) -> list[Route]:
    found = web.app.routes
    assert all(isinstance(route, Route) for route in found)
    return list(found)


def test_every_route_says_whom_it_is_for(web: Any) -> None:
    demands = {route.path: declared(route.endpoint) for route in routes(web)}
    assert None not in demands.values()
    assert {path for path, what in demands.items() if what and what.role is None} == OPEN


def test_every_other_route_lets_no_stranger_in(web: Any) -> None:
    for route in routes(web):
        if route.path in OPEN:
            continue
        for method in sorted(route.methods or {"GET"}):
            answer = web.stranger().request(method, sample(route.path), follow_redirects=False)
            assert answer.status_code == 303, (method, route.path)
            assert answer.headers["location"].startswith("/login"), (method, route.path)


def test_a_route_refuses_the_role_below_the_one_it_is_for(web: Any) -> None:
    for route in routes(web):
        what = declared(route.endpoint)
        if what is None or what.role is None or what.role == Role.VIEWER:
            continue
        role = Role(what.role - 1)
        client = web.logged_in(f"{role.label}@example.org", role)
        for method in sorted(route.methods or {"GET"}):
            assert client.request(method, sample(route.path)).status_code == 403, (method, route.path)


def test_every_route_that_changes_something_wants_a_token_of_the_session(web: Any) -> None:
    tried = 0
    for route in routes(web):
        if not {"POST", "PUT", "PATCH", "DELETE"} & (route.methods or set()):
            continue
        if route.path.startswith("/login"):
            continue
        for token in ("", "0" * 64):
            answer = web.client.post(sample(route.path), data={"csrf_token": token}, follow_redirects=False)
            assert answer.status_code == 403, route.path
            assert "Load the page again" in answer.text
            tried += 1
    assert tried > 10


def test_a_page_that_does_not_say_whom_it_is_for_stops_the_server_from_being_built() -> None:
    async def forgotten(request: Request) -> Response:
        return PlainTextResponse("")

    with pytest.raises(TypeError, match=r"/forgotten declares neither"):
        checked(Route("/forgotten", forgotten))


def test_an_address_that_leads_nowhere_shows_a_stranger_no_navigation(web: Any) -> None:
    answer = web.stranger().get("/nowhere")
    assert answer.status_code == 404
    assert "/users" not in answer.text


def look(web: Any) -> list[Any]:
    seen: list[Any] = []

    @open_to_all
    async def page(request: Request) -> Response:
        seen.append(request.state.viewer)
        return PlainTextResponse("")

    web.app.add_route("/look", page)
    return seen


def test_every_request_has_a_viewer(web: Any) -> None:
    seen = look(web)
    web.stranger().get("/look")
    web.logged_in("bob", Role.EXPLORER).get("/look")
    assert seen[0] == ANONYMOUS
    assert (seen[1].login, seen[1].role) == ("bob", Role.EXPLORER)
    assert seen[1].session_id is not None


def test_a_token_is_its_user_with_the_lower_of_two_roles(web: Any) -> None:
    seen = look(web)
    web.kept.user("bob", Role.EXPLORER)
    for role in (Role.VIEWER, Role.ADMIN):
        headers = {"authorization": f"Bearer {web.kept.api_token('bob', role)}"}
        web.stranger().get("/look", headers=headers)
    assert [(who.login, who.role, who.session_id) for who in seen] == [
        ("bob", Role.VIEWER, None),
        ("bob", Role.EXPLORER, None),
    ]


@pytest.mark.parametrize("sent", ["Bearer mst_made-up", "Bearer ", "bearer x y"])
def test_a_token_that_lets_nobody_in_is_401_whatever_the_cookie(web: Any, sent: str) -> None:
    answer = web.client.get("/dashboards", headers={"authorization": sent})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_program_with_a_token_needs_no_form_token_and_manages_no_account(web: Any) -> None:
    @requires(Role.VIEWER)
    async def change(request: Request) -> Response:
        return PlainTextResponse("changed")

    web.app.add_route("/change", change, methods=["POST"])
    headers = {"authorization": f"Bearer {web.kept.api_token('root', Role.ADMIN)}"}
    program = web.stranger()
    assert program.post("/change", headers=headers).text == "changed"
    assert program.get("/users", headers=headers).status_code == 200
    for path in ("/account", "/account/tokens", "/users"):
        method = "GET" if path == "/account" else "POST"
        answer = program.request(method, path, headers=headers)
        assert answer.status_code == 403
        assert "not for API tokens" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_request_another_site_made_is_refused_even_with_the_token(
    web: Any, headers: dict[str, str]
) -> None:
    from mainstem.web.auth.csrf import token_for

    token = token_for(web.client.cookies["mainstem_session_80"])
    data = {"csrf_token": token, "name": "ci", "role": "viewer"}
    assert web.client.post("/account/tokens", data=data, headers=headers).status_code == 403
    here = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1"}
    assert web.client.post("/account/tokens", data=data, headers=here).status_code == 200


def test_htmx_sends_the_token_in_a_header(web: Any) -> None:
    from mainstem.web.auth.csrf import token_for

    token = token_for(web.client.cookies["mainstem_session_80"])
    assert token in web.client.get("/dashboards").text
    data = {"name": "ci", "role": "viewer"}
    headers = {"x-csrf-token": token}
    assert web.client.post("/account/tokens", data=data, headers=headers).status_code == 200


def test_a_token_of_another_session_is_refused(web: Any) -> None:
    from mainstem.web.auth.csrf import token_for

    other = web.logged_in("bob", Role.ADMIN)
    data = {"csrf_token": token_for(other.cookies["mainstem_session_80"]), "name": "ci", "role": "viewer"}
    assert web.client.post("/account/tokens", data=data).status_code == 403


def test_a_form_too_large_to_be_one_of_ours_is_refused(web: Any) -> None:
    data = {"csrf_token": "x" * 70_000}
    assert web.client.post("/account/tokens", data=data).status_code == 413


def test_without_the_database_of_users_nobody_gets_in_and_assets_are_served(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("the database mainstem does not answer")

    monkeypatch.setattr(web.kept.accounts.sessions, "find", away)
    answer = web.client.get("/dashboards")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Nobody can be let in now" in answer.text
    assert web.client.get("/health").status_code == 200


def test_a_change_that_the_database_could_not_keep_is_told_without_naming_it(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mainstem.web.auth.csrf import token_for

    def away(*_: object) -> None:
        raise StoreUnavailable("the database mainstem does not answer: secret-host")

    monkeypatch.setattr(web.kept.accounts.tokens, "add", away)
    data = {
        "csrf_token": token_for(web.client.cookies["mainstem_session_80"]),
        "name": "ci",
        "role": "viewer",
    }
    answer = web.client.post("/account/tokens", data=data)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Try again in a moment" in answer.text
    assert "secret-host" not in answer.text


def test_a_role_taken_away_is_gone_at_the_next_request(web: Any) -> None:
    client = web.logged_in("bob", Role.ADMIN)
    assert client.get("/users").status_code == 200
    user = web.kept.accounts.users.by_login("bob")
    web.kept.accounts.users.set_role(user.id, "viewer")
    assert client.get("/users").status_code == 403
    assert client.get("/dashboards").status_code == 200
