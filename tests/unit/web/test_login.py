from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from mainstem.web.auth import Role
from mainstem.web.auth.links import Purpose, make_link
from mainstem.web.auth.throttle import FOR_ACCOUNT, FOR_ADDRESS, WINDOW

if TYPE_CHECKING:
    import httpx2 as httpx
    from starlette.testclient import TestClient

PASSWORD = "correct horse battery"


def form_token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def log_in(client: TestClient, login: str, password: str, then: str = "/dashboards") -> httpx.Response:
    token = form_token(client.get("/login").text)
    fields = {"login": login, "password": password, "next": then, "csrf_token": token}
    return client.post("/login", data=fields, follow_redirects=False)


@pytest.fixture
def eve(web: Any) -> Any:
    """Somebody with a password; the server's `kept` knows them."""
    web.kept.user("Eve@example.org", Role.VIEWER, PASSWORD)
    return web


def link_for(web: Any, login: str, purpose: Purpose) -> str:
    user = web.kept.accounts.users.by_login(login)
    return make_link(web.kept.accounts, user, purpose, None, None)


def actions(web: Any) -> list[tuple[str, str | None, str | None]]:
    return [(entry.action, entry.actor, entry.target) for entry in web.kept.state.entries]


def test_a_browser_that_nobody_logged_in_with_is_led_to_the_login_and_back(eve: Any) -> None:
    client = eve.stranger()
    asked = client.get("/dashboards/health?period=7+days", follow_redirects=False)
    assert asked.status_code == 303
    assert asked.headers["location"] == "/login?next=%2Fdashboards%2Fhealth%3Fperiod%3D7%2Bdays"
    page = client.get(asked.headers["location"]).text
    assert 'name="next" value="/dashboards/health?period=7+days"' in page
    done = log_in(client, "eve@example.org", PASSWORD, "/dashboards/health?period=7+days")
    assert (done.status_code, done.headers["location"]) == (303, "/dashboards/health?period=7+days")
    assert client.get("/dashboards/health").status_code == 200


def test_a_piece_of_a_page_leads_the_page_it_is_for_to_the_login(web: Any) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://127.0.0.1/dashboards/health?source=x"}
    answer = web.stranger().get("/dashboards/health/tiles/visitors", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?next=%2Fdashboards%2Fhealth%3Fsource%3Dx"


def test_a_program_without_a_token_is_told_401(web: Any) -> None:
    answer = web.stranger().get("/dashboards", headers={"accept": "*/*"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("login", "password"),
    [("eve@example.org", "not-this-one"), ("nobody", PASSWORD), ("eve@example.org", ""), ("", "")],
)
def test_every_login_that_fails_is_told_the_same(eve: Any, login: str, password: str) -> None:
    client = eve.stranger()
    answer = log_in(client, login, password)
    assert answer.status_code == 403
    assert "Login or password is wrong." in answer.text
    assert password == "" or password not in answer.text
    assert "mainstem_session_80" not in client.cookies


def test_a_disabled_user_is_told_the_same_and_stays_out(eve: Any) -> None:
    client = eve.logged_in("Eve@example.org", Role.VIEWER)
    assert client.get("/dashboards").status_code == 200
    user = eve.kept.accounts.users.by_login("eve@example.org")
    eve.kept.accounts.users.set_disabled(user.id, eve.kept.now)
    assert "/login" in client.get("/dashboards", follow_redirects=False).headers["location"]
    assert "Login or password is wrong." in log_in(eve.stranger(), "eve@example.org", PASSWORD).text
    token = eve.kept.api_token("Eve@example.org", Role.VIEWER)
    bearer = {"authorization": f"Bearer {token}"}
    assert eve.stranger().get("/dashboards", headers=bearer).status_code == 401


def test_what_was_typed_into_the_login_field_is_written_down_nowhere(
    eve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    log_in(eve.stranger(), "my-password-by-mistake", PASSWORD)
    log_in(eve.stranger(), "eve@example.org", "wrong-secret")
    assert actions(eve) == [("login.failed", None, None), ("login.failed", None, "Eve@example.org")]
    written = repr(eve.kept.state) + caplog.text
    assert "my-password-by-mistake" not in written
    assert "wrong-secret" not in written
    assert PASSWORD not in written


def test_an_accounts_password_is_looked_at_so_many_times_and_then_not_even_when_right(eve: Any) -> None:
    for _ in range(FOR_ACCOUNT):
        assert log_in(eve.stranger(), "eve@example.org", "not-this-one").status_code == 403
    refused = log_in(eve.stranger(), "EVE@example.org ", PASSWORD)
    assert refused.status_code == 429
    assert "Too many attempts" in refused.text
    assert actions(eve)[-1] == ("login.throttled", None, "Eve@example.org")
    eve.kept.now += WINDOW + timedelta(seconds=1)
    assert log_in(eve.stranger(), "eve@example.org", PASSWORD).status_code == 303


def test_an_address_tries_so_many_accounts_and_no_more(eve: Any) -> None:
    for number in range(FOR_ADDRESS):
        assert log_in(eve.stranger(), f"user{number}", "not-this-one").status_code == 403
    assert log_in(eve.stranger(), "eve@example.org", PASSWORD).status_code == 429


def test_logins_that_succeed_are_held_against_nobody(eve: Any) -> None:
    for _ in range(FOR_ACCOUNT + 2):
        assert log_in(eve.stranger(), "eve@example.org", PASSWORD).status_code == 303


def test_a_login_begins_a_session_of_its_own_and_ends_the_one_before(eve: Any) -> None:
    client = eve.stranger()
    log_in(client, "eve@example.org", PASSWORD)
    first = client.cookies["mainstem_session_80"]
    client.get("/login", follow_redirects=False)
    other = eve.stranger()
    other.cookies.set("mainstem_session_80", first)
    page = eve.stranger().get("/login")
    other.cookies.set("mainstem_visit_80", page.cookies["mainstem_visit_80"])
    fields = {"login": "eve@example.org", "password": PASSWORD, "csrf_token": form_token(page.text)}
    other.post("/login", data=fields, follow_redirects=False)
    assert client.get("/dashboards", follow_redirects=False).status_code == 303
    assert len(eve.kept.state.sessions) == 2  # the fixture's own administrator, and this one


def test_the_cookie_is_kept_from_scripts_and_other_sites(eve: Any) -> None:
    cookie = log_in(eve.stranger(), "eve@example.org", PASSWORD).headers["set-cookie"]
    assert cookie.startswith("mainstem_session_80=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(eve: Any) -> None:
    client = eve.stranger()
    client.base_url = "https://127.0.0.1"
    cookie = log_in(client, "eve@example.org", PASSWORD).headers["set-cookie"]
    assert cookie.startswith("__Host-mainstem_session=")
    assert "Secure" in cookie


def test_a_session_ends_when_it_idles_and_when_it_is_old(eve: Any) -> None:
    client = eve.stranger()
    log_in(client, "eve@example.org", PASSWORD)
    for _ in range(27):
        eve.kept.now += timedelta(hours=12)
        assert client.get("/dashboards").status_code == 200
    eve.kept.now += timedelta(hours=12)
    assert client.get("/dashboards", follow_redirects=False).status_code == 303
    log_in(client, "eve@example.org", PASSWORD)
    eve.kept.now += timedelta(hours=25)
    assert client.get("/dashboards", follow_redirects=False).status_code == 303


def test_a_log_out_ends_the_session_and_not_only_the_cookie(eve: Any) -> None:
    client = eve.logged_in("Eve@example.org", Role.VIEWER)
    token = client.cookies["mainstem_session_80"]
    csrf = form_token(client.get("/account").text)
    answer = client.post("/logout", data={"csrf_token": csrf}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert 'mainstem_session_80=""' in answer.headers["set-cookie"]
    again = eve.stranger()
    again.cookies.set("mainstem_session_80", token)
    assert again.get("/dashboards", follow_redirects=False).status_code == 303
    assert actions(eve)[-1] == ("logout", "Eve@example.org", None)


def test_a_login_form_of_another_browser_is_refused(eve: Any) -> None:
    token = form_token(eve.stranger().get("/login").text)
    fields = {"login": "eve@example.org", "password": PASSWORD, "csrf_token": token}
    for client in (eve.stranger(), eve.stranger()):
        client.get("/login")
        answer = client.post("/login", data=fields, follow_redirects=False)
        assert answer.status_code == 403
        assert "Load the page again" in answer.text


@pytest.mark.parametrize(
    "then",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_a_login_leads_to_no_other_site(eve: Any, then: str) -> None:
    answer = log_in(eve.stranger(), "eve@example.org", PASSWORD, then)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_login_link_lets_in_once_and_only_when_it_is_opened(eve: Any) -> None:
    path = link_for(eve, "Eve@example.org", Purpose.LOGIN)
    client = eve.stranger()
    assert client.head(path).status_code == 204
    assert client.get(path, headers={"sec-purpose": "prefetch"}).status_code == 204
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/dashboards").status_code == 200
    assert actions(eve)[-1] == ("login", "Eve@example.org", None)
    again = eve.stranger().get(path)
    assert again.status_code == 410
    assert "lets nobody in" in again.text


def test_a_password_link_sets_the_password_once_and_ends_every_session(eve: Any) -> None:
    before = eve.logged_in("Eve@example.org", Role.VIEWER)
    path = link_for(eve, "Eve@example.org", Purpose.PASSWORD)
    client = eve.stranger()
    page = client.get(path).text
    assert "Eve@example.org" in page
    fields = {"csrf_token": form_token(page), "password": "a new long password", "again": "a new"}
    assert "two passwords differ" in client.post(path, data=fields).text
    fields["again"] = fields["password"]
    assert client.post(path, data=fields, follow_redirects=False).headers["location"] == "/"
    assert client.get("/dashboards").status_code == 200
    assert before.get("/dashboards", follow_redirects=False).status_code == 303
    assert client.post(path, data=fields).status_code == 410
    assert log_in(eve.stranger(), "eve@example.org", PASSWORD).status_code == 403
    assert log_in(eve.stranger(), "eve@example.org", "a new long password").status_code == 303


def test_a_link_that_logs_in_sets_no_password(eve: Any) -> None:
    password_link = link_for(eve, "Eve@example.org", Purpose.PASSWORD)
    client = eve.stranger()
    token = form_token(client.get(password_link).text)
    login_link = link_for(eve, "Eve@example.org", Purpose.LOGIN)
    fields = {"csrf_token": token, "password": "a new long password", "again": "a new long password"}
    assert client.post(login_link, data=fields).status_code == 410
    assert client.post(password_link, data=fields).status_code == 410, "the newer link ended it"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_is_good_for_a_day_and_not_for_a_disabled_user(eve: Any, purpose: Purpose) -> None:
    path = link_for(eve, "Eve@example.org", purpose)
    eve.kept.now += timedelta(hours=24)
    assert eve.stranger().get(path).status_code == 410
    path = link_for(eve, "Eve@example.org", purpose)
    user = eve.kept.accounts.users.by_login("eve@example.org")
    eve.kept.accounts.users.set_disabled(user.id, eve.kept.now)
    assert eve.stranger().get(path).status_code == 410


@pytest.mark.parametrize("password", ["short", "eve@example.org", "aaaaaaaaaaaaaaaa", "a" * 2000])
def test_a_password_that_is_easy_to_guess_is_refused(eve: Any, password: str) -> None:
    path = link_for(eve, "Eve@example.org", Purpose.PASSWORD)
    client = eve.stranger()
    fields = {"csrf_token": form_token(client.get(path).text), "password": password, "again": password}
    answer = client.post(path, data=fields)
    assert answer.status_code == 400
    assert "password" in answer.text


def test_only_a_one_time_link_is_ever_in_an_address(eve: Any) -> None:
    client = eve.stranger()
    log_in(client, "eve@example.org", PASSWORD)
    client.get(link_for(eve, "Eve@example.org", Purpose.LOGIN))
    token = eve.kept.api_token("Eve@example.org", Role.VIEWER)
    for secret in (client.cookies["mainstem_session_80"], token):
        assert eve.stranger().get(f"/dashboards?token={secret}", follow_redirects=False).status_code == 303
    assert urlsplit(str(client.get("/").url)).path == "/dashboards/health"
