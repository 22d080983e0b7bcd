"""Funnels, retention and attribution as dbt compiles them, on random rows, against counting in Python."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mainstem.testing.company import CompanyLake
from mainstem.testing.share import share_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

pytestmark = pytest.mark.long

START = datetime(2026, 3, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=20)
FUNNELS: list[dict[str, Any]] = [
    {"name": "ordered", "mode": "ordered", "window_days": 3, "steps": ["a", "b", "a", "c"]},
    {"name": "twice", "mode": "ordered", "window_days": 3, "steps": ["a", "a", "b:/x%", "b"]},
    {"name": "strict", "mode": "strict", "window_days": 3, "steps": ["a", "b:/x%", "c"]},
    {"name": "any", "mode": "any", "window_days": 2, "steps": ["a", "b", "b:/x%", "c"]},
    {"name": "without", "mode": "ordered", "window_days": 5, "steps": ["a", "c"], "exclude": ["b:/x"]},
    {
        "name": "strict without",
        "mode": "strict",
        "window_days": 5,
        "steps": ["a", "b", "c"],
        "exclude": ["b:/x"],
    },
    {"name": "any without", "mode": "any", "window_days": 5, "steps": ["a", "c"], "exclude": ["b"]},
]
RETENTIONS: list[dict[str, Any]] = [
    {"name": "same", "start": "a", "return": "a", "days": [1, 3], "brackets": [[1, 2], [3, 9]]},
    {"name": "other", "start": "b", "return": "a", "days": [2, 5], "brackets": [[1, 7]]},
]
MODELS = ("fct_funnel", "fct_retention", "int_attribution_touch", "fct_attribution", "int_path_step")
VARIABLES = {"journey_funnels": FUNNELS, "journey_retentions": RETENTIONS, "journey_path_goals": ["trial"]}
COLUMNS = {
    "int_journey_event": ("event_id", "entity_id", "event", "detail", "occurred_at"),
    "int_retention_activity": ("activity", "entity_id", "activity_date"),
    "int_journey_as_of": ("as_of",),
    "fct_touch": (
        "touch_id",
        "journey_id",
        "touched_at",
        "channel",
        "campaign_name",
        "person_id",
        "landing_path",
    ),
    "fct_conversion": (
        "conversion_id",
        "journey_id",
        "conversion_type",
        "converted_at",
        "value_cents",
        "converted_date",
        "account_id",
    ),
}
MOMENT = "TIMESTAMP WITH TIME ZONE"
TYPES = {
    "occurred_at": MOMENT,
    "as_of": MOMENT,
    "touched_at": MOMENT,
    "converted_at": MOMENT,
    "activity_date": "DATE",
    "converted_date": "DATE",
    "value_cents": "BIGINT",
}


class Event(NamedTuple):
    event_id: str
    entity_id: str
    event: str
    detail: str | None
    occurred_at: datetime


class Touch(NamedTuple):
    touch_id: str
    journey_id: str
    touched_at: datetime
    channel: str
    campaign_name: str | None


class Conversion(NamedTuple):
    conversion_id: str
    journey_id: str
    conversion_type: str
    converted_at: datetime
    value_cents: int | None


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    lake = CompanyLake(tmp_path_factory.mktemp("compiled"))
    duckdb.connect(str(lake.file)).close()
    built = lake.build("compile", "--select", *MODELS, variables=VARIABLES)
    assert built.failures == ()
    manifest = json.loads((lake.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = {node["name"]: node for node in manifest["nodes"].values()}
    return {name: nodes[name]["compiled_code"] for name in MODELS}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Tables that the models read, empty."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("ATTACH ':memory:' AS lake")
        connection.execute("USE lake")
        connection.execute("CREATE SCHEMA analytics")
        for table, columns in COLUMNS.items():
            typed = ", ".join(f"{name} {TYPES.get(name, 'TEXT')}" for name in columns)
            connection.execute(f"CREATE TABLE analytics.{table} ({typed})")
        connection.execute("INSERT INTO analytics.int_journey_as_of VALUES (?)", [AS_OF])
        yield connection


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """These rows and no others; columns that they do not reach to are NULL."""
    connection.execute(f"TRUNCATE analytics.{table}")
    if rows:
        names = ", ".join(COLUMNS[table][: len(rows[0])])
        marks = ", ".join(["(" + ", ".join("?" * len(rows[0])) + ")"] * len(rows))
        values = [value for row in rows for value in row]
        connection.execute(f"INSERT INTO analytics.{table} ({names}) VALUES {marks}", values)


moments = st.integers(0, 20 * 4).map(lambda quarters: START + timedelta(hours=6 * quarters))
events = st.lists(
    st.tuples(
        st.sampled_from(("p", "q")),
        st.sampled_from(("a", "b", "c", "d")),
        st.sampled_from((None, "/x", "/xy", "/z")),
        moments,
    ),
    max_size=14,
).map(lambda rows: [Event(f"e{number:02}", *row) for number, row in enumerate(rows)])


def fits(event: Event, step: str) -> bool:
    name, _, pattern = step.partition(":")
    if event.event != name:
        return False
    if not pattern:
        return True
    if event.detail is None:
        return False
    return event.detail.startswith(pattern[:-1]) if pattern.endswith("%") else event.detail == pattern


def attempt(funnel: Mapping[str, Any], ordered: Sequence[Event], place: int) -> list[tuple[str, datetime]]:
    """Steps reached by the attempt that begins with the event at `place`, by trying every event after it."""
    first = ordered[place]
    steps, mode = funnel["steps"], funnel["mode"]
    ends = first.occurred_at + timedelta(days=funnel["window_days"])
    usable = [first]
    for event in ordered[place + 1 :]:
        if event.occurred_at > ends or any(fits(event, step) for step in funnel.get("exclude", [])):
            break
        usable.append(event)
    if mode == "any":
        firsts = {
            step: next((number for number, event in enumerate(usable) if fits(event, step)), None)
            for step in steps
        }
        found = sorted(
            (number, steps.index(step), step) for step, number in firsts.items() if number is not None
        )
        return [(step, usable[number].occurred_at) for number, _, step in found]
    reached = [(steps[0], first.occurred_at)]
    at = 0
    for step in steps[1:]:
        later = range(at + 1, len(usable)) if mode == "ordered" else range(at + 1, min(at + 2, len(usable)))
        at = next((number for number in later if fits(usable[number], step)), -1)
        if at < 0:
            break
        reached.append((step, usable[at].occurred_at))
    return reached


def funnel_by_hand(funnel: Mapping[str, Any], rows: Sequence[Event]) -> set[tuple[Any, ...]]:
    found = set()
    for entity in {event.entity_id for event in rows}:
        ordered = sorted(
            (event for event in rows if event.entity_id == entity),
            key=lambda event: (event.occurred_at, event.event_id),
        )
        begins = funnel["steps"] if funnel["mode"] == "any" else funnel["steps"][:1]
        starts = [place for place, event in enumerate(ordered) if any(fits(event, step) for step in begins)]
        if not starts:
            continue
        best = max(starts, key=lambda place: (len(attempt(funnel, ordered, place)), -place))
        reached = attempt(funnel, ordered, best)
        window = timedelta(days=funnel["window_days"])
        matured = len(reached) == len(funnel["steps"]) or ordered[starts[-1]].occurred_at + window <= AS_OF
        for number, (step, at) in enumerate(reached, 1):
            found.add((funnel["name"], entity, number, step, at, ordered[best].occurred_at, matured))
    return found


@settings(max_examples=share_of(40))
@given(rows=events)
def test_funnels_of_every_mode_find_whom_trying_every_attempt_finds(
    compiled: dict[str, str], warehouse: duckdb.DuckDBPyConnection, rows: list[Event]
) -> None:
    fill(warehouse, "int_journey_event", rows)
    found = warehouse.execute(
        "SELECT funnel, entity_id, step, step_name, reached_at, attempt_started_at, is_matured "
        f"FROM ({compiled['fct_funnel']})"
    ).fetchall()
    assert len(found) == len(set(found))
    assert set(found) == set().union(*(funnel_by_hand(funnel, rows) for funnel in FUNNELS))


activities = st.sets(
    st.tuples(
        st.sampled_from(("a", "b")),
        st.sampled_from(("p", "q", "r")),
        st.integers(0, 20).map(lambda days: (START + timedelta(days=days)).date()),
    ),
    max_size=20,
)


def retention_by_hand(one: Mapping[str, Any], rows: set[tuple[str, str, date]]) -> set[tuple[Any, ...]]:
    first: dict[str, date] = {}
    for activity, entity, day in sorted(rows, key=lambda row: row[2]):
        if activity == one["start"]:
            first.setdefault(entity, day)
    periods: list[tuple[str, int, int | None]] = [("exact", day, day) for day in one["days"]]
    periods += [("rolling", day, None) for day in one["days"]]
    periods += [("bracket", start, end) for start, end in one["brackets"]]
    found = set()
    for cohort in set(first.values()):
        members = {entity for entity, day in first.items() if day == cohort}
        for method, start, end in periods:
            came = {
                entity
                for activity, entity, day in rows
                if activity == one["return"]
                and entity in members
                and start <= (day - cohort).days <= (end or 999)
            }
            over = cohort + timedelta(days=end or start) < AS_OF.date()
            found.add((one["name"], method, start, end, cohort, len(members), len(came), over))
    return found


@given(rows=activities)
def test_retention_counts_who_came_back_and_says_what_is_too_early_to_tell(
    compiled: dict[str, str],
    warehouse: duckdb.DuckDBPyConnection,
    rows: set[tuple[str, str, date]],
) -> None:
    fill(warehouse, "int_retention_activity", sorted(rows))
    found = warehouse.execute(
        "SELECT retention, method, first_day, last_day, cohort_date, cohort_size, retained, is_matured "
        f"FROM ({compiled['fct_retention']})"
    ).fetchall()
    assert len(found) == len(set(found))
    assert set(found) == set().union(*(retention_by_hand(one, rows) for one in RETENTIONS))


touches = st.lists(
    st.tuples(
        st.sampled_from(("p", "q")),
        st.integers(0, 20).map(lambda number: START + timedelta(hours=60 * number)),
        st.sampled_from(("direct", "ads", "docs")),
        st.sampled_from((None, "spring")),
    ),
    max_size=12,
).map(lambda rows: [Touch(f"t{number:02}", *row) for number, row in enumerate(rows)])
conversions = st.lists(
    st.tuples(
        st.sampled_from(("p", "q")),
        st.sampled_from(("trial", "purchase")),
        st.integers(0, 20).map(lambda number: START + timedelta(hours=60 * number)),
        st.none() | st.integers(0, 1_000),
    ),
    max_size=3,
).map(lambda rows: [Conversion(f"c{number}", *row) for number, row in enumerate(rows)])


def runs_before(conversion: Conversion, rows: Sequence[Touch]) -> list[list[Touch]]:
    runs: list[list[Touch]] = []
    for touch in sorted(rows, key=lambda touch: (touch.touched_at, touch.touch_id)):
        age = conversion.converted_at - touch.touched_at
        if touch.journey_id != conversion.journey_id or not timedelta(0) <= age < timedelta(days=30):
            continue
        if runs and (runs[-1][-1].channel, runs[-1][-1].campaign_name) == (
            touch.channel,
            touch.campaign_name,
        ):
            runs[-1].append(touch)
        else:
            runs.append([touch])
    return runs


def shares_by_hand(conversion: Conversion, runs: list[list[Touch]]) -> dict[str, dict[str | None, Fraction]]:
    if not runs:
        names = ("first", "last", "last non-direct", "linear", "position", "time decay")
        return {name: {None: Fraction(1)} for name in names}
    n = len(runs)
    last = [run[-1].touch_id for run in runs]
    named = [run[-1].touch_id for run in runs if run[0].channel != "direct"]
    position = [Fraction(1)] if n == 1 else [Fraction(1, 2)] * 2
    if n > 2:
        position = [Fraction(2, 5), *[Fraction(1, 5) / (n - 2)] * (n - 2), Fraction(2, 5)]
    ages = [(conversion.converted_at - run[-1].touched_at) / timedelta(days=1) for run in runs]
    weights = [Fraction(2.0 ** (-age / 7)) for age in ages]
    return {
        "first": {runs[0][0].touch_id: Fraction(1)},
        "last": {last[-1]: Fraction(1)},
        "last non-direct": {(named or last)[-1]: Fraction(1)},
        "linear": dict.fromkeys(last, Fraction(1, n)),
        "position": dict(zip(last, position, strict=True)),
        "time decay": {touch: weight / sum(weights) for touch, weight in zip(last, weights, strict=True)},
    }


@settings(max_examples=share_of(60))
@given(rows=touches, converted=conversions)
@example(
    rows=[Touch("t00", "p", START, "ads", None), Touch("t01", "p", START + timedelta(days=30), "docs", None)],
    converted=[Conversion("c0", "p", "trial", START + timedelta(days=30), 3)],
)
def test_every_attribution_model_shares_as_by_hand_and_to_the_cent(
    compiled: dict[str, str],
    warehouse: duckdb.DuckDBPyConnection,
    rows: list[Touch],
    converted: list[Conversion],
) -> None:
    fill(warehouse, "fct_touch", rows)
    fill(warehouse, "fct_conversion", converted)
    warehouse.execute(
        f"CREATE OR REPLACE TABLE analytics.int_attribution_touch AS {compiled['int_attribution_touch']}"
    )
    found = warehouse.execute(
        "SELECT conversion_id, model, touch_id, credit_share, credited_arr_cents "
        f"FROM ({compiled['fct_attribution']})"
    ).fetchall()
    shares: dict[tuple[str, str], dict[str | None, float]] = defaultdict(dict)
    cents: dict[tuple[str, str], dict[str | None, int]] = defaultdict(dict)
    for conversion_id, model, touch_id, share, credited in found:
        assert touch_id not in shares[conversion_id, model]
        shares[conversion_id, model][touch_id] = share
        cents[conversion_id, model][touch_id] = credited
    expected = {
        (conversion.conversion_id, model): shared
        for conversion in converted
        for model, shared in shares_by_hand(conversion, runs_before(conversion, rows)).items()
    }
    assert shares.keys() == expected.keys()
    value = {conversion.conversion_id: conversion.value_cents for conversion in converted}
    for key, exact in expected.items():
        assert shares[key] == pytest.approx({touch: float(share) for touch, share in exact.items()}, abs=1e-9)
        worth = value[key[0]]
        if worth is None:
            assert set(cents[key].values()) == {None}
            continue
        assert sum(cents[key].values()) == worth
        for touch, share in exact.items():
            assert abs(cents[key][touch] - share * worth) < 1


@given(rows=touches, converted=conversions)
def test_paths_hold_everybody_who_was_touched_and_no_channel_twice_in_a_row(
    compiled: dict[str, str],
    warehouse: duckdb.DuckDBPyConnection,
    rows: list[Touch],
    converted: list[Conversion],
) -> None:
    trials = {
        conversion.journey_id: conversion for conversion in converted if conversion.conversion_type == "trial"
    }
    fill(warehouse, "fct_touch", rows)
    fill(warehouse, "fct_conversion", list(trials.values()))
    found = warehouse.execute(
        f"SELECT journey_id, outcome, channel FROM ({compiled['int_path_step']}) ORDER BY journey_id, step"
    ).fetchall()
    paths: dict[tuple[str, str], list[str]] = defaultdict(list)
    for journey, outcome, channel in found:
        paths[journey, outcome].append(channel)
    expected: dict[tuple[str, str], list[str]] = {}
    for journey in {touch.journey_id for touch in rows}:
        mine = sorted(touch for touch in rows if touch.journey_id == journey)
        trial = trials.get(journey)
        end = trial.converted_at if trial else max(touch.touched_at for touch in mine)
        outcome = "converted" if trial else "in flight" if end > AS_OF - timedelta(days=30) else "left"
        channels: list[str] = []
        for touch in sorted(mine, key=lambda touch: (touch.touched_at, touch.touch_id)):
            inside = timedelta(0) <= end - touch.touched_at < timedelta(days=30)
            if inside and channels[-1:] != [touch.channel]:
                channels.append(touch.channel)
        if channels:
            expected[journey, outcome] = channels
    assert paths == expected
