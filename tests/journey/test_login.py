"""The way in, in a real browser, over the accounts that Postgres keeps."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from mainstem.assemble.accounts import accounts_in, first_admin_link, login_link
from mainstem.semantics.dashboard import Dashboard
from mainstem.semantics.model import Origin
from mainstem.semantics.project import Project
from mainstem.store import Database, ensure_database, upgrade
from mainstem.testing.explorer import CannedExplorer
from mainstem.web import Assets, Services, WebSettings, build_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, BrowserContext, Page
    from starlette.types import ASGIApp

    from mainstem.config import PostgresAddress
    from mainstem.query.request import Request
    from mainstem.query.result import QueryResult
    from mainstem.web.auth import Accounts

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

pytestmark = pytest.mark.journey

PASSWORD = "correct horse battery"
DASHBOARD = Dashboard(
    name="health",
    title="Health",
    layout="newspaper",
    origin=Origin("health.dashboard.lookml", 1),
    elements=(),
)


@pytest.fixture(scope="module")
def accounts(postgres: PostgresAddress) -> Iterator[Accounts]:
    address = ensure_database(postgres, "journey_of_logins")
    upgrade(address)
    database = Database(address, name="test")
    yield accounts_in(database)
    database.close()


@pytest.fixture(scope="module")
def site(assets: Assets, accounts: Accounts, serve_app: ServeApp) -> Iterator[str]:
    def nothing(request: Request) -> QueryResult:
        raise AssertionError(f"an empty dashboard asks nothing, not {request}")

    explorer = CannedExplorer(Project(dashboards={"health": DASHBOARD}), nothing, {})
    services = Services(explorer, "1.2.3", accounts=accounts)
    app = build_app(services, WebSettings(), assets)
    with serve_app(app) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.fixture
def complaints(context: BrowserContext) -> list[str]:
    """What the browser finds wrong with any page, such as a breach of the content security policy."""
    heard: list[str] = []
    context.on("weberror", lambda error: heard.append(str(error.error)))
    context.on(
        "console",
        lambda message: (
            heard.append(message.text)
            if message.type in {"error", "warning"} and "status of 4" not in message.text
            else None
        ),
    )
    return heard


def log_in(page: Page, site: str, login: str, password: str) -> None:
    page.goto(f"{site}/login")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def user(accounts: Accounts, login: str, role: str) -> None:
    """A user with the password above."""
    made = accounts.users.add(login, role, accounts.now())
    assert made is not None
    accounts.users.set_password(made.id, accounts.passwords.hash(PASSWORD))


def test_a_link_that_logs_in_leads_to_the_dashboard_once(
    site: str, accounts: Accounts, context: BrowserContext, complaints: list[str]
) -> None:
    link = site + login_link(accounts)
    page = context.new_page()
    page.goto(link)
    page.wait_for_url(f"{site}/dashboards/health")
    expect(page.get_by_role("heading", name="Health", level=1)).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("lets nobody in")
    page.goto(f"{site}/users")
    expect(page.get_by_role("heading", name="Users", level=1)).to_be_visible()
    assert complaints == []


def test_the_first_administrator_sets_a_password_invites_a_viewer_and_the_audit_log_tells(
    site: str, accounts: Accounts, browser: Browser, context: BrowserContext, complaints: list[str]
) -> None:
    link = first_admin_link(accounts)
    assert link is not None
    page = context.new_page()
    page.goto(site + link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Set password and log in").click()
    page.wait_for_url(f"{site}/dashboards/health")

    page.goto(f"{site}/users")
    page.get_by_label("Login", exact=False).last.fill("invited@example.org")
    page.get_by_role("button", name="Add user").click()
    invitation = page.locator("#one-time-link").inner_text()
    guest = browser.new_context()
    guests = guest.new_page()
    guests.goto(invitation)
    expect(guests.locator("main")).to_contain_text("invited@example.org")
    guests.get_by_label("Password").fill(PASSWORD)
    guests.get_by_label("The same again").fill(PASSWORD)
    guests.get_by_role("button", name="Set password and log in").click()
    guests.wait_for_url(f"{site}/dashboards/health")
    refused = guests.goto(f"{site}/users")
    assert refused is not None
    assert refused.status == 403
    guest.close()

    page.goto(f"{site}/audit")
    for told in ("user.made", "link.made", "password.set", "invited@example.org"):
        expect(page.get_by_role("table")).to_contain_text(told)
    assert complaints == []


def test_a_wrong_password_is_told_shortly_and_the_right_one_leads_where_one_was_going(
    site: str, accounts: Accounts, context: BrowserContext, complaints: list[str]
) -> None:
    user(accounts, "eve@example.org", "viewer")
    page = context.new_page()
    page.goto(f"{site}/dashboards/health?period=7+days")
    page.wait_for_url(f"{site}/login?next=**")
    page.get_by_label("Login").fill("eve@example.org")
    page.get_by_label("Password").fill("not this")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Login or password is wrong.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/dashboards/health?period=7+days")
    assert complaints == []


def test_a_log_out_ends_it_for_every_tab(
    site: str, accounts: Accounts, context: BrowserContext, complaints: list[str]
) -> None:
    user(accounts, "frank@example.org", "viewer")
    page, other = context.new_page(), context.new_page()
    log_in(page, site, "frank@example.org", PASSWORD)
    page.wait_for_url(f"{site}/dashboards/health")
    other.goto(f"{site}/account")
    expect(other.get_by_role("heading", name="Your account")).to_be_visible()
    button = page.get_by_role("button", name="Log out", include_hidden=True)
    if not button.is_visible():
        page.locator(".user-menu summary").click()
    button.click()
    page.wait_for_url(f"{site}/login")
    other.reload()
    other.wait_for_url(f"{site}/login?next=**")
    assert complaints == []


def test_a_form_of_another_site_changes_nothing(
    site: str, accounts: Accounts, context: BrowserContext
) -> None:
    user(accounts, "grace@example.org", "viewer")
    page = context.new_page()
    log_in(page, site, "grace@example.org", PASSWORD)
    page.wait_for_url(f"{site}/dashboards/health")
    page.goto("about:blank")
    page.set_content(
        f'<form method="post" action="{site}/account/tokens">'
        '<input name="name" value="stolen"><input name="role" value="viewer"><button>Win</button></form>'
    )
    with page.expect_response(f"{site}/account/tokens") as sent:
        page.get_by_role("button", name="Win").click()
    assert sent.value.status in {303, 401, 403}
    grace = accounts.users.by_login("grace@example.org")
    assert grace is not None
    assert list(accounts.tokens.of_user(grace.id, accounts.now())) == []


def test_a_token_made_on_the_page_lets_a_program_in_until_it_is_revoked(
    site: str, accounts: Accounts, context: BrowserContext, complaints: list[str]
) -> None:
    user(accounts, "heidi@example.org", "explorer")
    page = context.new_page()
    log_in(page, site, "heidi@example.org", PASSWORD)
    page.wait_for_url(f"{site}/dashboards/health")
    page.goto(f"{site}/account")
    page.get_by_label("Name").fill("nightly job")
    page.get_by_role("button", name="Make token").click()
    token = page.locator("#new-token").inner_text()
    assert status(f"{site}/dashboards/health", token) == 200
    assert status(f"{site}/users", token) == 403
    assert status(f"{site}/dashboards/health", None) == 401
    page.goto(f"{site}/account")
    expect(page.locator("main")).not_to_contain_text(token)
    page.get_by_role("row", name="nightly job").get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.locator("main")).to_contain_text("No API tokens")
    assert status(f"{site}/dashboards/health", token) == 401
    assert complaints == []


def status(url: str, token: str | None) -> int:
    """What a program is answered."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as e:
        with e:
            return e.code


def test_a_stranger_with_no_cookie_gets_no_page_of_anybodys(site: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)
    for path in ("/", "/dashboards", "/dashboards/health", "/account", "/users", "/audit"):
        connection.request("GET", path, headers={"accept": "text/html"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (303, b"")
        assert re.match("/login", answer.headers["location"])
    connection.close()
