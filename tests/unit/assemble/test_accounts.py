from __future__ import annotations

import pytest

from mainstem.assemble.accounts import first_admin_link, login_link, own_token
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.web.auth import Role
from mainstem.web.auth.links import look_at
from mainstem.web.auth.sessions import viewer_of_token
from mainstem.web.auth.viewer import ANONYMOUS


@pytest.fixture
def kept() -> MemoryAccounts:
    return MemoryAccounts()


def purpose_and_login(kept: MemoryAccounts, path: str | None) -> tuple[str, str] | None:
    found = look_at(kept.accounts, (path or "").rpartition("/")[2])
    return (found[0].purpose, found[1].login) if found else None


def test_a_project_without_users_is_opened_by_a_link_until_somebody_used_it(kept: MemoryAccounts) -> None:
    first = first_admin_link(kept.accounts)
    assert purpose_and_login(kept, first) == ("password", "admin")
    second = first_admin_link(kept.accounts)
    assert purpose_and_login(kept, second) == ("password", "admin")
    assert purpose_and_login(kept, first) is None, "a newer link ends the older one"
    assert [user.login for user in kept.accounts.users.all()] == ["admin"]
    kept.user("admin", Role.ADMIN, "correct horse battery")
    assert first_admin_link(kept.accounts) is None


def test_a_link_is_given_for_who_administers_and_not_for_who_does_not(kept: MemoryAccounts) -> None:
    kept.user("bob", Role.VIEWER, "correct horse battery")
    kept.user("carol", Role.ADMIN)
    assert purpose_and_login(kept, first_admin_link(kept.accounts)) == ("password", "carol")
    assert purpose_and_login(kept, login_link(kept.accounts)) == ("login", "carol")


def test_a_project_that_nobody_administers_any_more_gets_its_admin_back(kept: MemoryAccounts) -> None:
    admin = kept.user("admin", Role.VIEWER, "correct horse battery")
    kept.accounts.users.set_disabled(admin, kept.now)
    assert purpose_and_login(kept, login_link(kept.accounts)) == ("login", "admin")
    [user] = kept.accounts.users.all()
    assert (user.role, user.disabled_at) == ("admin", None)


def test_a_token_of_our_own_sees_dashboards_and_ends_with_its_block(kept: MemoryAccounts) -> None:
    with own_token(kept.accounts, "a check") as token:
        viewer = viewer_of_token(kept.accounts, token)
        assert (viewer.login, viewer.role) == ("admin", Role.VIEWER)
    assert viewer_of_token(kept.accounts, token) is ANONYMOUS
    assert [(entry.action, entry.target) for entry in kept.state.entries[-2:]] == [
        ("token.made", "a check"),
        ("token.revoked", "a check"),
    ]
    assert token not in repr(kept.state)
