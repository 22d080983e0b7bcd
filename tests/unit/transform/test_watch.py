from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import StoreUnavailable
from mainstem.transform.publishing import Publication, Standing
from mainstem.transform.watch import LOOK_SECONDS, PublicationWatch

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 3, 1, tzinfo=UTC)


def shown(snapshot: int) -> Standing:
    current = Publication(1, 1, AT, "ada", "build", False, snapshot, models=1, tests=1, built_at=AT)
    return Standing(current, None)


@dataclass
class Store:
    """Answers what a test wants, and counts the questions."""

    answer: Standing | Exception = field(default_factory=lambda: shown(7))
    looked: int = 0
    seconds: float = 100.0
    open: threading.Event = field(default_factory=threading.Event)

    def look(self) -> Standing:
        self.looked += 1
        assert self.open.wait(30)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def clock(self) -> float:
        return self.seconds


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    store.open.set()
    yield store
    store.open.set()


@pytest.fixture
def watch(store: Store) -> Iterator[PublicationWatch]:
    yield from _watching(store, patience_s=60)


@pytest.fixture
def hasty(store: Store) -> Iterator[PublicationWatch]:
    yield from _watching(store, patience_s=0.02)


def _watching(store: Store, patience_s: float) -> Iterator[PublicationWatch]:
    watch = PublicationWatch(store.look, store.clock, patience_s=patience_s)
    yield watch
    store.open.set()
    watch.close()


def test_many_questions_within_a_second_are_one_look(store: Store, watch: PublicationWatch) -> None:
    assert [watch.snapshot() for _ in range(100)] == [7] * 100
    assert store.looked == 1
    store.answer = shown(8)
    store.seconds += LOOK_SECONDS
    assert watch.snapshot() == 8
    assert store.looked == 2


def test_before_the_first_publication_every_question_is_looked_up(
    store: Store, watch: PublicationWatch
) -> None:
    store.answer = Standing(None, None)
    assert watch.snapshot() is None
    store.answer = shown(1)
    assert watch.snapshot() == 1


def test_before_the_first_publication_nobody_is_told_of_none_while_another_looks(
    store: Store, watch: PublicationWatch
) -> None:
    store.answer = Standing(None, None)
    watch.snapshot()
    store.answer = shown(1)
    store.open.clear()
    answers: list[int | None] = []
    threads = [threading.Thread(target=lambda: answers.append(watch.snapshot())) for _ in range(3)]
    for thread in threads:
        thread.start()
    while store.looked < 2:
        pass
    store.open.set()
    for thread in threads:
        thread.join()
    assert answers == [1, 1, 1]


def test_what_was_just_changed_here_is_looked_up_at_once(store: Store, watch: PublicationWatch) -> None:
    watch.snapshot()
    store.answer = shown(8)
    watch.look_again()
    assert watch.snapshot() == 8


def test_while_the_store_is_away_the_last_known_holds_and_says_since_when(
    store: Store, watch: PublicationWatch
) -> None:
    assert watch.standing().unseen_since is None
    store.answer = StoreUnavailable("away")
    store.seconds += LOOK_SECONDS
    since = watch.standing().unseen_since
    assert since is not None
    store.seconds += LOOK_SECONDS
    assert watch.standing().unseen_since == since
    assert watch.snapshot() == 7
    store.answer = shown(8)
    store.seconds += LOOK_SECONDS
    assert (watch.snapshot(), watch.standing().unseen_since) == (8, None)


def test_a_look_that_takes_long_keeps_nobody_waiting(store: Store, hasty: PublicationWatch) -> None:
    watch = hasty
    watch.snapshot()
    store.open.clear()
    store.answer = shown(8)
    store.seconds += LOOK_SECONDS
    assert watch.snapshot() == 7
    assert watch.standing().unseen_since is not None
    store.seconds += LOOK_SECONDS
    assert watch.snapshot() == 7
    assert store.looked == 2, "one look at a time"
    store.open.set()
    while watch.snapshot() != 8:
        store.seconds += LOOK_SECONDS


def test_nothing_known_and_nobody_to_ask_is_an_error(store: Store, watch: PublicationWatch) -> None:
    store.answer = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        watch.snapshot()
    store.answer = shown(7)
    assert watch.snapshot() == 7
