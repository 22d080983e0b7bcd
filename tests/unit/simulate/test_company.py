from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from mainstem.errors import UsageError
from mainstem.simulate import Call, CallType, Sdk, plan_company

END = datetime(2026, 3, 20, 15, 30, tzinfo=UTC)


def _plan(seed: int = 7, days: int = 30, end: datetime = END) -> list[Call]:
    return list(plan_company(seed, days, visitors=60, servers=6, end=end))


def test_the_same_seed_gives_the_same_calls_with_the_same_message_ids() -> None:
    assert _plan() == _plan()


def test_another_seed_gives_another_company() -> None:
    assert not {c.message_id for c in _plan(seed=7)} & {c.message_id for c in _plan(seed=8)}


def test_a_continued_company_repeats_the_days_it_already_had() -> None:
    first = {c.message_id: c for c in _plan(days=10)}
    later = {c.message_id: c for c in _plan(days=12, end=END + timedelta(days=2))}
    assert set(first) < set(later)
    assert all(later[message] == call for message, call in first.items())


def test_nothing_is_dated_after_the_end_or_before_the_first_day() -> None:
    calls = _plan(days=5)
    assert max(c.timestamp for c in calls) < END
    assert min(c.timestamp for c in calls) >= datetime(2026, 3, 16, tzinfo=UTC)


def test_some_calls_are_made_again_unchanged_with_their_message_id() -> None:
    calls = _plan(days=90)
    by_id: dict[str, list[Call]] = {}
    for call in calls:
        by_id.setdefault(call.message_id, []).append(call)
    again = [same for same in by_id.values() if len(same) > 1]
    assert 0.003 < len(again) / len(by_id) < 0.03
    assert all(same == [same[0], same[0]] for same in again)


def test_some_calls_arrive_days_after_younger_ones() -> None:
    newest = datetime.min.replace(tzinfo=UTC)
    late = 0
    for call in _plan(days=90):
        late += newest - call.timestamp > timedelta(hours=20)
        newest = max(newest, call.timestamp)
    assert late > 10


def test_servers_run_many_versions_and_never_go_back() -> None:
    seen: dict[str, list[tuple[datetime, tuple[int, ...]]]] = {}
    for call in _plan(days=90):
        if call.name == "server":
            version = tuple(int(part) for part in call.properties["version"].split("."))
            seen.setdefault(call.user_id or "", []).append((call.timestamp, version))
    assert len({version for reports in seen.values() for _, version in reports}) >= 5
    assert all([v for _, v in sorted(reports)] == sorted(v for _, v in reports) for reports in seen.values())


def test_each_source_sends_the_kinds_of_events_it_is_known_for() -> None:
    kinds = Counter((c.sdk, c.type, c.name if c.type is CallType.TRACK else None) for c in _plan(days=90))
    assert set(kinds) == {
        (Sdk.WEBSITE, CallType.PAGE, None),
        (Sdk.WEBSITE, CallType.IDENTIFY, None),
        (Sdk.WEBSITE, CallType.TRACK, "Download Clicked"),
        (Sdk.SERVERS, CallType.TRACK, "server"),
        (Sdk.SERVERS, CallType.TRACK, "activity"),
        (Sdk.SERVERS, CallType.TRACK, "api_posts_create"),
    }


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="time zone"):
        plan_company(1, 1, 1, 1, datetime(2026, 3, 20))  # noqa: DTZ001 - the mistake under test


def test_negative_sizes_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="servers is -1"):
        plan_company(1, 1, 1, -1, END)
