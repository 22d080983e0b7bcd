"""From what is kept of a user to what they are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.semantics.attributes import problem_with
from mainstem.semantics.settings import UserAttribute
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.web.auth import Role
from mainstem.web.auth.sessions import Lifetime, viewer_of_session, viewer_of_token
from mainstem.web.auth.standing import given_values

if TYPE_CHECKING:
    from mainstem.query.context import Asking

ATTRIBUTES = {
    "region": UserAttribute(type="string_filter", default="nowhere"),
    "team": UserAttribute(),
    "currency": UserAttribute(editable=True, allowed=("EUR", "USD")),
}
LIFETIME = Lifetime(timedelta(days=1), timedelta(days=14))


@pytest.fixture
def kept() -> MemoryAccounts:
    return MemoryAccounts(ATTRIBUTES)


def asking(kept: MemoryAccounts, login: str, role: Role = Role.VIEWER) -> Asking:
    return viewer_of_session(kept.accounts, kept.session(login, role), LIFETIME).asking


def test_a_user_s_own_value_wins_over_groups_in_their_order_and_these_over_the_default(
    kept: MemoryAccounts,
) -> None:
    groups, ada = kept.accounts.groups, kept.user("ada@example.org", Role.VIEWER)
    assert asking(kept, "ada@example.org").user_attributes == {
        "login": "ada@example.org",
        "email": "ada@example.org",
        "region": "nowhere",
    }
    everybody = groups.all()[-1].id
    groups.set(everybody, "region", "anywhere")
    assert asking(kept, "ada@example.org").user_attributes["region"] == "anywhere"
    for name in ("north", "south"):
        group = groups.add(name, kept.now)
        assert group is not None
        groups.join(group, ada)
        groups.set(group, "region", name)
    assert asking(kept, "ada@example.org").user_attributes["region"] == "north"
    kept.give("ada@example.org", region="west")
    assert asking(kept, "ada@example.org").user_attributes["region"] == "west"
    assert asking(kept, "bob").user_attributes == {"login": "bob", "region": "anywhere"}


def test_where_a_value_comes_from_is_known(kept: MemoryAccounts) -> None:
    ada, groups = kept.user("ada", Role.VIEWER), kept.accounts.groups
    groups.set(groups.all()[-1].id, "team", "board")
    values = given_values(ATTRIBUTES, "ada", kept.accounts.standings.of(ada))
    assert values == {
        "login": ("ada", "the login"),
        "region": ("nowhere", "default"),
        "team": ("board", "group Everybody"),
    }


def test_a_value_of_an_attribute_that_is_not_defined_is_none(kept: MemoryAccounts) -> None:
    kept.user("ada", Role.VIEWER)
    kept.give("ada", gone="x", email="a@b.c")
    found = asking(kept, "ada").user_attributes
    assert found == {"login": "ada", "email": "a@b.c", "region": "nowhere"}


def test_what_users_chose_themselves_is_kept_apart_and_only_where_they_may(kept: MemoryAccounts) -> None:
    ada = kept.user("ada", Role.VIEWER)
    for name, value in (("currency", "EUR"), ("region", "everything")):
        kept.accounts.standings.set(ada, name, value, chosen=True)
    found = asking(kept, "ada")
    assert found.chosen_attributes == {"currency": "EUR"}
    assert "currency" not in found.user_attributes
    assert found.user_attributes["region"] == "nowhere"


def test_models_are_those_any_group_opens_and_all_to_administrators(kept: MemoryAccounts) -> None:
    groups, ada = kept.accounts.groups, kept.user("ada", Role.VIEWER)
    assert asking(kept, "ada").models is None
    groups.open(groups.all()[-1].id, ["public"])
    group = groups.add("sales", kept.now)
    assert group is not None
    groups.open(group, ["crm"])
    groups.join(group, ada)
    assert asking(kept, "ada").models == frozenset({"public", "crm"})
    assert asking(kept, "bob").models == frozenset({"public"})
    assert asking(kept, "root", Role.ADMIN).models is None
    assert asking(kept, "root", Role.ADMIN).sees_everything
    assert not asking(kept, "dev", Role.DEVELOPER).sees_everything


def test_a_token_of_an_administrator_with_a_lower_role_sees_what_its_owner_was_given(
    kept: MemoryAccounts,
) -> None:
    token = kept.api_token("root", Role.VIEWER)
    kept.accounts.users.set_role(kept.user("root", Role.ADMIN), "admin")
    kept.give("root", region="north")
    viewer = viewer_of_token(kept.accounts, token)
    assert viewer.role is Role.VIEWER
    assert not viewer.asking.sees_everything
    assert viewer.asking.user_attributes["region"] == "north"


def test_an_administrator_sees_as_another_and_nobody_else_does(kept: MemoryAccounts) -> None:
    accounts = kept.accounts
    vic = kept.user("vic", Role.VIEWER)
    kept.give("vic", region="north")
    token = kept.session("root", Role.ADMIN)
    mine = viewer_of_session(accounts, token, LIFETIME)
    assert mine.session_id is not None
    accounts.sessions.see_as(mine.session_id, vic)
    seen = viewer_of_session(accounts, token, LIFETIME)
    assert (seen.login, seen.role, seen.seen_by, seen.session_id) == (
        "vic",
        Role.VIEWER,
        "root",
        mine.session_id,
    )
    assert seen.asking.user_attributes["region"] == "north"
    assert not seen.asking.sees_everything
    accounts.users.set_role(kept.user("root", Role.ADMIN), "explorer")
    assert viewer_of_session(accounts, token, LIFETIME).login == "root"
    accounts.users.set_role(kept.user("root", Role.ADMIN), "admin")
    accounts.users.set_disabled(vic, kept.now)
    assert viewer_of_session(accounts, token, LIFETIME).login == "root"


@pytest.mark.parametrize(
    ("kind", "value", "valid"),
    [
        ("string", "O'Brien, north", True),
        ("string", "  ", False),
        ("string", "two\nlines", False),
        ("string", "{{ _user_attributes['x'] }}", False),
        ("string", "x" * 1001, False),
        ("number", "-0.5", True),
        ("number", "1; DROP TABLE x", False),
        ("date", "2026-01-31", True),
        ("date", "yesterday", False),
        ("yesno", "yes", True),
        ("yesno", "maybe", False),
        ("string_filter", "north,%south", True),
        ("number_filter", "[1, 5]", True),
        ("number_filter", "many", False),
        ("date_filter", "7 days", True),
        ("date_filter", "someday", False),
    ],
)
def test_a_value_is_held_to_its_type(kind: str, value: str, valid: bool) -> None:
    attribute = UserAttribute(type=kind)  # type: ignore[arg-type] # one of its words
    assert (problem_with(attribute, value) is None) is valid


@pytest.mark.parametrize("value", ["x' OR 1=1", 'a"b', "a;b", "a--b", "a\\b", "a`b", "<b>"])
def test_a_value_that_users_set_themselves_ends_no_text_in_sql(value: str) -> None:
    attribute = UserAttribute(editable=True)
    assert problem_with(attribute, value, chosen=True) is not None
    assert problem_with(UserAttribute(allowed=(value,)), value, chosen=True) is None
    assert problem_with(UserAttribute(allowed=("EUR",)), "USD") is not None
