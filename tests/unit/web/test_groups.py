"""Groups, values of user attributes, and whom each of them lets see what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mainstem.semantics.settings import UserAttribute
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.page_text import main_text
from mainstem.web import Services, WebSettings, build_app
from mainstem.web.auth import Role
from mainstem.web.auth.csrf import token_for

if TYPE_CHECKING:
    import uuid

    import httpx2 as httpx

ATTRIBUTES = {
    "region": UserAttribute(type="string_filter", default="nowhere"),
    "size": UserAttribute(type="number"),
    "secret": UserAttribute(hidden=True),
    "currency": UserAttribute(editable=True, allowed=("EUR", "USD")),
}


@pytest.fixture
def web(company: Any, make_web: Any, assets: Any) -> Any:
    found = make_web(company)
    kept = MemoryAccounts(ATTRIBUTES)
    services = Services(company.explorer(), "1", accounts=kept.accounts)
    found.app, found.kept = build_app(services, WebSettings(), assets), kept
    found.client = found.logged_in("root", Role.ADMIN)
    return found


@pytest.fixture
def ann(web: Any) -> uuid.UUID:
    found: uuid.UUID = web.kept.user("ann@example.org", Role.EXPLORER)
    return found


def post(client: Any, path: str, **fields: str) -> httpx.Response:
    token = token_for(client.cookies["mainstem_session_80"])
    answer: httpx.Response = client.post(path, data={"csrf_token": token, **fields}, follow_redirects=False)
    return answer


def made(web: Any, name: str) -> str:
    path: str = post(web.client, "/groups", name=name).headers["location"]
    return path


def entries(web: Any) -> list[tuple[str, str | None]]:
    return [(entry.action, entry.target) for entry in web.kept.state.entries]


def test_a_group_is_made_opens_models_gives_values_and_has_members(web: Any, ann: uuid.UUID) -> None:
    path = made(web, "Sales north")
    assert post(web.client, f"{path}/models", which="chosen", **{"model-company": "yes"}).status_code == 303
    assert post(web.client, f"{path}/attributes", name="region", value="north").status_code == 303
    assert post(web.client, f"{path}/members", login="ANN@example.org").status_code == 303
    standing = web.kept.accounts.standings.of(ann)
    assert [(g.name, g.models) for g in standing.groups] == [
        ("Sales north", ("company",)),
        ("Everybody", None),
    ]
    assert "ann@example.org" in main_text(web.client.get(path).text)
    assert "north" in main_text(web.client.get("/groups").text)
    shown = main_text(web.client.get(f"/users/{ann}").text)
    assert "group Sales north" in shown
    assert entries(web) == [
        ("group.made", "Sales north"),
        ("group.models", "Sales north"),
        ("group.attribute", "Sales north"),
        ("group.joined", "ann@example.org"),
    ]


def test_the_upper_group_s_value_counts_and_groups_can_be_moved(web: Any, ann: uuid.UUID) -> None:
    for name in ("North", "South"):
        path = made(web, name)
        post(web.client, f"{path}/attributes", name="region", value=name.lower())
        post(
            web.client,
            f"/users/{ann}/groups",
            **{f"group-{g.id}": "yes" for g in web.kept.accounts.groups.all()},
        )
    user = web.kept.accounts.users.by_id(ann)
    asking = web.kept.accounts.asking_of
    assert asking(user, Role.EXPLORER).user_attributes["region"] == "north"
    assert post(web.client, f"{path}/earlier").status_code == 303
    assert asking(user, Role.EXPLORER).user_attributes["region"] == "south"
    post(web.client, f"/users/{ann}/groups")
    assert asking(user, Role.EXPLORER).user_attributes["region"] == "nowhere"
    assert post(web.client, f"{path}/remove").status_code == 303
    assert [group.name for group in web.kept.accounts.groups.all()] == ["North", "Everybody"]


def test_everybody_s_group_cannot_be_removed_left_or_joined(web: Any, ann: uuid.UUID) -> None:
    everybody = web.kept.accounts.groups.all()[-1]
    assert post(web.client, f"/groups/{everybody.id}/remove").status_code == 409
    assert post(web.client, f"/groups/{everybody.id}/members", login="ann@example.org").status_code == 409
    assert post(web.client, "/groups", name="everybody").status_code == 409
    assert post(web.client, "/groups", name=" ").status_code == 400


def test_a_value_that_is_not_valid_is_refused_with_what_is(web: Any, ann: uuid.UUID) -> None:
    refused = post(web.client, f"/users/{ann}/attributes", name="size", value="many")
    assert refused.status_code == 400
    assert "Valid is a number" in main_text(refused.text)
    assert post(web.client, f"/users/{ann}/attributes", name="nothing", value="1").status_code == 404
    assert not web.kept.accounts.standings.of(ann).given
    assert post(web.client, f"/users/{ann}/attributes", name="size", value="12").status_code == 303
    assert post(web.client, f"/users/{ann}/attributes", name="size", value="").status_code == 303
    assert not web.kept.accounts.standings.of(ann).given
    assert [action for action, _ in entries(web)] == ["user.attribute", "user.attribute"]


def test_people_see_what_is_known_of_them_but_for_what_is_hidden_and_set_what_they_may(
    web: Any, ann: uuid.UUID
) -> None:
    browser = web.logged_in("ann@example.org", Role.EXPLORER)
    web.kept.give("ann@example.org", region="north", secret="sesame")
    page = browser.get("/account").text
    assert "north" in main_text(page)
    assert "sesame" not in page
    assert post(browser, "/account/attributes", name="currency", value="EUR").status_code == 303
    assert "your choice" in main_text(browser.get("/account").text)
    assert post(browser, "/account/attributes", name="currency", value="YEN").status_code == 400
    for name in ("region", "secret", "nothing"):
        assert post(browser, "/account/attributes", name=name, value="x").status_code == 404
    assert dict(web.kept.accounts.standings.of(ann).chosen) == {"currency": "EUR"}
    assert entries(web) == [("user.attribute", "ann@example.org")]


def test_nobody_sees_pages_as_themself_or_as_one_who_is_disabled(web: Any, ann: uuid.UUID) -> None:
    root = web.kept.user("root", Role.ADMIN)
    assert post(web.client, f"/users/{root}/see-as").status_code == 409
    web.kept.accounts.users.set_disabled(ann, web.kept.now)
    assert post(web.client, f"/users/{ann}/see-as").status_code == 409
    web.kept.accounts.users.set_disabled(ann, None)
    assert post(web.client, f"/users/{ann}/see-as").status_code == 303
    assert web.client.get("/users").status_code == 403
    assert "see_as.begun" in [action for action, _ in entries(web)]
