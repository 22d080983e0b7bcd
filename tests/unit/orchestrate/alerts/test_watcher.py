from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import StoreUnavailable
from mainstem.orchestrate.alerts import AlertSettings, Sight, Watcher
from mainstem.orchestrate.alerts.looking import STANDING
from mainstem.orchestrate.alerts.watcher import GIVEN_UP_AFTER, UNREACHABLE_AFTER
from mainstem.store.alerts import Outbox
from mainstem.store.alerts.outbox import IN_HAND
from mainstem.store.runs import RunRecords
from mainstem.testing.messengers import RecordingMessenger
from mainstem.testing.sights import NOW, POINTERS, ended_try, runner, sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.store import Database

SETTINGS = AlertSettings(targets={"team": "env:A"}, gather_s=10.0, log_lines=1)


class Stage:
    """A watcher with a clock that stands, and what it is shown."""

    def __init__(self, database: Database, messenger: RecordingMessenger) -> None:
        self.now = NOW
        self.seen: Callable[[datetime], Sight] = lambda now: sight(now=now, dags={})
        self.messenger = messenger
        self.looks: list[datetime] = []
        self.outbox = Outbox(database)
        self.watcher = self.anew()

    def anew(self) -> Watcher:
        """As after a restart of its process."""
        return Watcher(
            lambda now: self.seen(now),
            self.outbox,
            {"team": self.messenger},
            SETTINGS,
            POINTERS,
            after_look=self.looks.append,
            clock=lambda: self.now,
        )

    def after(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.watcher.turn()

    @property
    def titles(self) -> list[str]:
        return [one.title for one in self.messenger.sent]


@pytest.fixture
def stage(database: Database) -> Stage:
    return Stage(database, RecordingMessenger())


def failing(*tasks: str) -> Callable[[datetime], Sight]:
    return lambda now: sight(now=now, dags={}, tries=tuple(ended_try(task) for task in tasks))


def test_a_failure_is_told_once_with_those_of_its_run(stage: Stage) -> None:
    stage.seen = failing("a")
    stage.watcher.turn()
    assert stage.titles == []  # others may follow
    stage.seen = failing("a", "b", "c")
    stage.after(5)
    stage.after(10)
    assert stage.titles == ["nightly: 3 × failure"]
    stage.after(60)
    stage.after(3600)
    assert len(stage.messenger.sent) == 1


def test_what_was_found_before_a_crash_is_told_after_it_and_once(stage: Stage) -> None:
    stage.seen = failing("a")
    stage.watcher.turn()
    stage.watcher = stage.anew()
    stage.after(20)
    stage.watcher = stage.anew()
    stage.after(20)
    assert stage.titles == ["nightly.a failed"]


class Killed(BaseException):
    """The process dies here."""


def test_who_dies_while_telling_leaves_a_note_in_the_second_message(stage: Stage) -> None:
    stage.seen = failing("a")
    stage.watcher.turn()
    taken = stage.messenger.send

    def die(message: object) -> None:
        raise Killed

    stage.messenger.send = die  # type: ignore[method-assign] # this once
    with pytest.raises(Killed):
        stage.after(20)
    stage.messenger.send = taken  # type: ignore[method-assign] # as it was
    stage.watcher = stage.anew()
    stage.after(IN_HAND.total_seconds())
    assert stage.titles == []  # whoever began may live
    stage.after(1)
    (message,) = stage.messenger.sent
    assert message.body.startswith("(this may have been told before")


def test_a_place_that_takes_nothing_is_tried_again_later_and_later(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.messenger.refusals = 3
    stage.seen = failing("a")
    stage.watcher.turn()
    with caplog.at_level(logging.ERROR):
        for seconds in (10, 29, 2, 59, 2, 119):
            stage.after(seconds)
            assert stage.titles == []
    stage.after(2)
    assert stage.titles == ["nightly.a failed"]
    told = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert [line.split("again in ")[1] for line in told] == ["0:00:30", "0:01:00", "0:02:00"]


def test_what_no_place_takes_for_days_is_given_up_aloud(
    stage: Stage, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    stage.messenger.refusals = 99
    stage.seen = failing("a")
    stage.watcher.turn()
    stage.after(10)
    stage.after(GIVEN_UP_AFTER.total_seconds())
    assert "1 alerts for team are given up: nightly.a failed" in caplog.text
    (kept,) = RunRecords(database).alerts(9)
    (delivery,) = stage.outbox.deliveries([kept.key])
    assert delivery.given_up_at == stage.now
    refusals = stage.messenger.refusals
    stage.after(3600)
    assert stage.messenger.refusals == refusals


def test_what_is_for_a_place_that_is_no_more_is_kept_for_days_and_then_given_up(stage: Stage) -> None:
    stage.seen = failing("a")
    stage.watcher.turn()
    stage.watcher.messengers = {}
    stage.after(10)
    (parcel,) = stage.outbox.due(stage.now + timedelta(hours=2))
    assert parcel.target == "team"
    stage.after(GIVEN_UP_AFTER.total_seconds())
    (delivery,) = stage.outbox.deliveries([parcel.key])
    assert delivery.given_up_at == stage.now
    assert delivery.problem == "team cannot be told: it has no address, or is no target any more"


def test_records_that_cannot_be_reached_are_told_without_them_once_and_when_they_are_back(
    stage: Stage,
) -> None:
    def away(now: datetime) -> Sight:
        raise StoreUnavailable("the database mainstem does not answer")

    well = stage.seen
    stage.seen = away
    stage.watcher.turn()
    stage.after(UNREACHABLE_AFTER.total_seconds() - 1)
    assert stage.titles == []
    stage.after(1)
    stage.after(3600)
    assert stage.titles == ["the records of runs cannot be reached"]
    stage.seen = well
    stage.after(15)
    stage.after(15)
    assert stage.titles[1:] == ["the records are reached again"]


def test_the_service_outside_is_called_only_when_a_look_went_well(stage: Stage) -> None:
    def away(now: datetime) -> Sight:
        raise StoreUnavailable("away")

    stage.watcher.turn()
    stage.seen = away
    stage.after(15)
    assert stage.looks == [NOW]


def test_old_alerts_are_forgotten(stage: Stage, database: Database) -> None:
    stage.seen = failing("a")
    stage.watcher.turn()
    stage.seen = lambda now: sight(now=now, dags={})
    stage.after(10)
    assert len(RunRecords(database).alerts(9)) == 1
    stage.after(91 * 86_400)
    assert RunRecords(database).alerts(9) == []


def test_a_silence_that_is_over_is_told_once_and_a_new_one_anew(stage: Stage) -> None:
    def seen(now: datetime) -> Sight:
        heard = runner(now if well else NOW - timedelta(hours=1))
        return sight(now=now, runners=(heard,), standing=stage.outbox.standing(STANDING))

    stage.seen = seen
    for well in (False, False, True, True):  # noqa: B007 # `seen` asks for it
        stage.after(20)
        stage.after(20)
    assert stage.titles == [
        "the runner is not heard of: nothing is run",
        "the runner is heard of again",
    ]
    assert stage.outbox.standing(STANDING) == []
