"""What keeps accounts keeps them the same way, in memory as in Postgres."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.accounts import accounts_in
from mainstem.store import Database, upgrade
from mainstem.testing.memory_accounts import MemoryAccounts

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from mainstem.web.auth import Accounts

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=365)


@pytest.fixture(params=["memory", "postgres"])
def accounts(request: pytest.FixtureRequest) -> Iterator[Accounts]:
    if request.param == "memory":
        yield MemoryAccounts().accounts
        return
    address = request.getfixturevalue("catalog")
    upgrade(address)
    database = Database(address, name="test", largest=6)
    yield accounts_in(database)
    database.close()


@dataclass(frozen=True)
class Person:
    id: uuid.UUID


@pytest.fixture
def ada(accounts: Accounts) -> Person:
    user = accounts.users.add("Ada@example.org", "admin", NOW)
    assert user is not None
    return Person(user.id)


def test_a_login_belongs_to_one_user_in_any_case(accounts: Accounts, ada: Person) -> None:
    assert accounts.users.add("ada@EXAMPLE.org", "viewer", NOW) is None
    found = accounts.users.by_login("ADA@example.org")
    assert found is not None
    assert (found.id, found.login, found.role) == (ada.id, "Ada@example.org", "admin")
    assert accounts.users.by_login("bob") is None


def test_users_are_listed_by_login(accounts: Accounts, ada: Person) -> None:
    for login in ("zoe", "Bob"):
        accounts.users.add(login, "viewer", NOW)
    assert [user.login for user in accounts.users.all()] == ["Ada@example.org", "Bob", "zoe"]


def test_what_is_set_on_a_user_is_found_on_it(accounts: Accounts, ada: Person) -> None:
    before = accounts.users.by_id(ada.id)
    assert before is not None
    assert (before.has_password, before.last_login_at, before.disabled_at) == (False, None, None)
    assert accounts.users.password_hash(ada.id) is None
    accounts.users.set_password(ada.id, "$argon2id$…")
    accounts.users.set_role(ada.id, "viewer")
    accounts.users.set_disabled(ada.id, NOW)
    accounts.users.logged_in(ada.id, NOW + HOUR)
    after = accounts.users.by_id(ada.id)
    assert after is not None
    assert (after.role, after.disabled_at, after.last_login_at) == ("viewer", NOW, NOW + HOUR)
    assert after.has_password
    assert accounts.users.password_hash(ada.id) == "$argon2id$…"
    accounts.users.set_disabled(ada.id, None)
    enabled = accounts.users.by_id(ada.id)
    assert enabled is not None
    assert enabled.disabled_at is None


def start(accounts: Accounts, who: Person, token: bytes, at: datetime = NOW) -> None:
    accounts.sessions.start(who.id, token, at, at + 10 * HOUR, "192.0.2.7", "Firefox")


def test_a_session_is_found_by_its_hash_until_it_expires_or_idles(accounts: Accounts, ada: Person) -> None:
    start(accounts, ada, b"one")
    found = accounts.sessions.find(b"one", NOW, LONG_AGO)
    assert found is not None
    assert (found.user_id, found.address, found.user_agent) == (ada.id, "192.0.2.7", "Firefox")
    assert accounts.sessions.find(b"two", NOW, LONG_AGO) is None
    assert accounts.sessions.find(b"one", NOW + 10 * HOUR, LONG_AGO) is None
    assert accounts.sessions.find(b"one", NOW + HOUR, NOW) is None
    accounts.sessions.seen(found.id, NOW + HOUR)
    assert accounts.sessions.find(b"one", NOW + HOUR, NOW) is not None


def test_a_user_ends_sessions_of_their_own_only(accounts: Accounts, ada: Person) -> None:
    bob = accounts.users.add("bob", "viewer", NOW)
    assert bob is not None
    for number, token in enumerate((b"one", b"two", b"three")):
        start(accounts, ada, token, NOW + number * HOUR)
    newest, middle, oldest = accounts.sessions.of_user(ada.id, NOW, LONG_AGO)
    assert (newest.created_at, oldest.created_at) == (NOW + 2 * HOUR, NOW)
    assert not accounts.sessions.end(newest.id, bob.id)
    assert accounts.sessions.end(middle.id, ada.id)
    assert not accounts.sessions.end(middle.id, ada.id)
    assert accounts.sessions.end_all(ada.id, but=newest.id) == 1
    assert [session.id for session in accounts.sessions.of_user(ada.id, NOW, LONG_AGO)] == [newest.id]
    assert accounts.sessions.end_all(ada.id) == 1


def test_a_token_is_found_by_its_hash_until_it_expires_or_is_revoked(accounts: Accounts, ada: Person) -> None:
    bob = accounts.users.add("bob", "viewer", NOW)
    assert bob is not None
    lasting = accounts.tokens.add(ada.id, "ci", b"one", "explorer", NOW, None)
    accounts.tokens.add(ada.id, "trial", b"two", "viewer", NOW + HOUR, NOW + 2 * HOUR)
    found = accounts.tokens.find(b"one", NOW)
    assert found is not None
    assert (found.user_id, found.name, found.role, found.last_used_at) == (ada.id, "ci", "explorer", None)
    assert accounts.tokens.find(b"two", NOW + 2 * HOUR) is None
    assert [token.name for token in accounts.tokens.of_user(ada.id, NOW + HOUR)] == ["trial", "ci"]
    accounts.tokens.used(lasting, NOW + HOUR)
    used = accounts.tokens.find(b"one", NOW)
    assert used is not None
    assert used.last_used_at == NOW + HOUR
    assert not accounts.tokens.revoke(lasting, bob.id, NOW)
    assert accounts.tokens.revoke(lasting, ada.id, NOW)
    assert not accounts.tokens.revoke(lasting, ada.id, NOW)
    assert accounts.tokens.find(b"one", NOW) is None
    assert [token.name for token in accounts.tokens.of_user(ada.id, NOW + 2 * HOUR)] == []


def test_a_link_is_good_once_and_ends_the_one_before_it(accounts: Accounts, ada: Person) -> None:
    accounts.links.add(ada.id, b"older", "password", NOW, NOW + HOUR)
    accounts.links.add(ada.id, b"newer", "login", NOW, NOW + HOUR)
    assert accounts.links.find(b"older", NOW) is None
    assert accounts.links.find(b"newer", NOW + HOUR) is None
    assert accounts.links.spend(b"newer", NOW + HOUR) is None
    for _ in range(2):
        found = accounts.links.find(b"newer", NOW)
        assert found is not None
        assert (found.user_id, found.purpose) == (ada.id, "login")
    assert accounts.links.spend(b"newer", NOW) is not None
    assert accounts.links.spend(b"newer", NOW) is None
    assert accounts.links.find(b"newer", NOW) is None


def test_of_many_who_spend_a_link_at_once_one_does(accounts: Accounts, ada: Person) -> None:
    accounts.links.add(ada.id, b"link", "login", NOW, NOW + HOUR)
    won: list[bool] = []
    threads = [
        threading.Thread(target=lambda: won.append(accounts.links.spend(b"link", NOW) is not None))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(won) == [False] * 5 + [True]


def test_attempts_are_counted_for_each_subject_and_older_ones_forgotten(accounts: Accounts) -> None:
    limits = {b"account": 2, b"address": 3}
    assert accounts.attempts.begin(limits, NOW, NOW - HOUR) is not None
    assert accounts.attempts.begin(limits, NOW, NOW - HOUR) is not None
    assert accounts.attempts.begin(limits, NOW, NOW - HOUR) is None
    assert accounts.attempts.begin({b"other": 2, b"address": 3}, NOW, NOW - HOUR) is not None
    assert accounts.attempts.begin({b"third": 2, b"address": 3}, NOW, NOW - HOUR) is None
    assert accounts.attempts.begin(limits, NOW + 2 * HOUR, NOW + HOUR) is not None


def test_a_success_takes_back_its_attempt_and_what_was_held_against_the_account(accounts: Accounts) -> None:
    limits = {b"account": 2, b"address": 2}
    accounts.attempts.begin(limits, NOW, NOW - HOUR)
    attempt = accounts.attempts.begin(limits, NOW, NOW - HOUR)
    assert attempt is not None
    accounts.attempts.succeeded(attempt, b"account")
    assert accounts.attempts.begin({b"account": 1}, NOW, NOW - HOUR) is not None
    assert accounts.attempts.begin({b"address": 1}, NOW, NOW - HOUR) is None, "the failed one still counts"


def test_attempts_at_once_get_no_further_than_attempts_in_a_row(accounts: Accounts) -> None:
    limits = {b"account": 3, b"address": 5}
    let: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda: let.append(accounts.attempts.begin(limits, NOW, NOW - HOUR) is not None)
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(let) == 3


def test_the_audit_log_is_read_newest_first_a_page_at_a_time(accounts: Accounts, ada: Person) -> None:
    accounts.audit.add(NOW, "login", actor_id=ada.id, actor="ada", address="192.0.2.7")
    accounts.audit.add(NOW, "user.role", actor="ada", target="bob", details={"to": "viewer"})
    accounts.audit.add(NOW, "login", actor="bob", address="192.0.2.8")
    newest = accounts.audit.newest(2)
    assert [(entry.action, entry.actor) for entry in newest] == [("login", "bob"), ("user.role", "ada")]
    assert (newest[1].target, dict(newest[1].details)) == ("bob", {"to": "viewer"})
    rest = accounts.audit.newest(2, before=newest[-1].id)
    assert [(entry.actor, entry.address, entry.at) for entry in rest] == [("ada", "192.0.2.7", NOW)]
    assert [entry.actor for entry in accounts.audit.newest(9, action="login")] == ["bob", "ada"]
    assert [entry.action for entry in accounts.audit.newest(9, who="bob")] == ["login", "user.role"]
    assert accounts.audit.newest(9, action="login", who="nobody") == []


def test_changes_made_together_are_all_undone_when_one_fails(accounts: Accounts, ada: Person) -> None:
    def fails_late() -> None:
        with accounts.together():
            accounts.users.set_role(ada.id, "viewer")
            accounts.audit.add(NOW, "user.role", target="ada")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_late()
    user = accounts.users.by_id(ada.id)
    assert user is not None
    assert user.role == "admin"
    assert accounts.audit.newest(9) == []


def test_everybody_is_a_group_that_opens_every_model_and_stays(accounts: Accounts, ada: Person) -> None:
    (everybody,) = accounts.groups.all()
    assert (everybody.everybody, everybody.models, dict(everybody.values)) == (True, None, {})
    assert not accounts.groups.remove(everybody.id)
    (membership,) = accounts.standings.of(ada.id).groups
    assert (membership.id, membership.models) == (everybody.id, None)
    accounts.groups.open(everybody.id, ["company"])
    assert [list(group.models or ()) for group in accounts.standings.of(ada.id).groups] == [["company"]]


def test_groups_stand_in_their_order_with_everybody_s_last(accounts: Accounts, ada: Person) -> None:
    north, south = (accounts.groups.add(name, NOW) for name in ("North", "South"))
    assert north is not None
    assert south is not None
    assert accounts.groups.add("NORTH", NOW) is None
    for group in (north, south, north):
        accounts.groups.join(group, ada.id)
    accounts.groups.set(north, "region", "north")
    accounts.groups.set(south, "region", "south")
    everybody = accounts.groups.all()[-1]
    accounts.groups.order([everybody.id, south, north])
    assert [group.name for group in accounts.groups.all()] == ["South", "North", "Everybody"]
    assert [list(group.members) for group in accounts.groups.all()] == [[ada.id], [ada.id], []]
    held = accounts.standings.of(ada.id).groups
    assert [dict(group.values) for group in held] == [{"region": "south"}, {"region": "north"}, {}]
    assert [list(group.models or ()) for group in held[:2]] == [[], []]
    accounts.groups.leave(south, ada.id)
    accounts.groups.set(north, "region", None)
    assert [dict(group.values) for group in accounts.standings.of(ada.id).groups] == [{}, {}]
    assert accounts.groups.remove(north)
    assert not accounts.groups.remove(north)


def test_values_that_were_given_and_chosen_are_kept_apart(accounts: Accounts, ada: Person) -> None:
    accounts.standings.set(ada.id, "region", "north", chosen=False)
    accounts.standings.set(ada.id, "region", "south", chosen=False)
    accounts.standings.set(ada.id, "currency", "EUR", chosen=True)
    standing = accounts.standings.of(ada.id)
    assert (dict(standing.given), dict(standing.chosen)) == ({"region": "south"}, {"currency": "EUR"})
    accounts.standings.set(ada.id, "region", None, chosen=False)
    accounts.standings.set(ada.id, "region", None, chosen=False)
    assert not accounts.standings.of(ada.id).given


def test_a_session_may_be_seen_as_another_user_for_a_while(accounts: Accounts, ada: Person) -> None:
    bob = accounts.users.add("bob", "viewer", NOW)
    assert bob is not None
    start(accounts, ada, b"one")
    found = accounts.sessions.find(b"one", NOW, LONG_AGO)
    assert found is not None
    assert found.seen_as is None
    for seen_as in (bob.id, None):
        accounts.sessions.see_as(found.id, seen_as)
        again = accounts.sessions.find(b"one", NOW, LONG_AGO)
        assert again is not None
        assert again.seen_as == seen_as
