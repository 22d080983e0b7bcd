from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mainstem.manifest import AssetSchedule, CronSchedule, Dag
from mainstem.web.orchestration.words import clock_words, duration_words, schedule_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0.0 s"),
        (0.42, "0.4 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (7201, "2 h"),
        (273_600, "3 d 4 h"),
    ],
)
def test_durations_are_said_in_two_units_at_most(seconds: float | None, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (None, "By hand"),
        (CronSchedule("*/30 * * * *", "Europe/Berlin"), "Every 30 minutes"),
        (CronSchedule("@hourly", "Europe/Berlin"), "Every hour"),
        (CronSchedule("0 7 * * *", "Europe/Berlin"), "Daily at 07:00 (Europe/Berlin)"),
        (CronSchedule("@daily"), "Daily at 00:00"),
        (CronSchedule("0 3 * * 1"), "At 03:00, only on Monday"),
        (AssetSchedule(("lake/a",)), "When lake/a is new"),
        (AssetSchedule(("lake/a", "lake/b")), "When all of 2 assets are new"),
        (AssetSchedule(("lake/a", "lake/b"), "any"), "When any of 2 assets are new"),
    ],
)
def test_schedules_are_said_in_words(schedule: CronSchedule | AssetSchedule | None, words: str) -> None:
    assert schedule_words(Dag("d", (), schedule=schedule)) == words


def test_a_schedule_that_has_no_words_is_said_as_it_was_written() -> None:
    assert schedule_words(Dag("d", (), schedule=CronSchedule("every now and then"))) == "every now and then"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "Tue 24 Nov 23:30 UTC"),
        ("Europe/London", "Tue 24 Nov 23:30 UTC"),
        ("Europe/Berlin", "Wed 25 Nov 00:30 CET · Tue 23:30 UTC"),
        ("America/New_York", "Tue 24 Nov 18:30 EST · 23:30 UTC"),
    ],
)
def test_a_moment_is_told_on_the_schedules_clock_and_in_utc(zone: str, words: str) -> None:
    assert clock_words(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), zone) == words
