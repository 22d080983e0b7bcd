from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.store import questions as module
from mainstem.store.accounts.users import Users
from mainstem.store.questions import ASKED, FAVOURITES, UserQuestions

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from mainstem.store import Database
    from mainstem.store.table import Table


@pytest.mark.parametrize("table", [FAVOURITES, ASKED], ids=lambda table: table.name)
def test_a_table_is_what_its_statements_need(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def user(database: Database, login: str, now: datetime) -> uuid.UUID:
    made = Users(database).add(login, "explorer", now)
    assert made is not None
    return made.id


def test_a_mark_is_set_and_taken_away_for_one_user_alone(database: Database, now: datetime) -> None:
    kept, ada, bob = UserQuestions(database), user(database, "ada", now), user(database, "bob", now)
    assert kept.toggle(ada, "m", "e", "a.b", now)
    assert kept.toggle(ada, "m", "e", "", now)
    assert kept.toggle(ada, "m", "f", "", now + timedelta(minutes=1))
    assert kept.favourite_fields(ada, "m", "e") == {"a.b"}
    assert kept.favourite_explores(ada) == [("m", "f"), ("m", "e")]
    assert kept.favourite_fields(bob, "m", "e") == frozenset()
    assert not kept.toggle(ada, "m", "e", "a.b", now)
    assert kept.favourite_fields(ada, "m", "e") == frozenset()


def test_a_question_is_kept_once_and_the_newest_of_a_user_stay(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    kept, ada, bob = UserQuestions(database), user(database, "ada", now), user(database, "bob", now)
    kept.note(bob, "x", "m", "e", "/x", "X", 1, now)
    for minute, name in enumerate(("a", "b", "a", "c")):
        kept.note(ada, name, "m", name, f"/{name}", name.upper(), minute, now + timedelta(minutes=minute))
    found = kept.recent(ada, 10)
    assert [(one.address, one.rows, one.times) for one in found] == [("/c", 3, 1), ("/a", 2, 2)]
    assert [one.title for one in kept.recent(ada, 10, "m", "a")] == ["A"]
    kept.forget(ada)
    assert kept.recent(ada, 10) == []
    assert len(kept.recent(bob, 10)) == 1


def test_an_address_that_no_browser_sends_is_not_kept(database: Database, now: datetime) -> None:
    kept, ada = UserQuestions(database), user(database, "ada", now)
    kept.note(ada, "a", "m", "e", "/" * (module.LONGEST_ADDRESS + 1), "A", 1, now)
    kept.note(ada, "b", "m", "e", "/b\0", "B\0", 1, now)
    assert [one.title for one in kept.recent(ada, 10)] == ["B"]
