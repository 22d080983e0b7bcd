from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from mainstem.tracking import PropertyRule, SourceCatalogue
from mainstem.tracking.levels import Findings, Level, Watcher
from mainstem.tracking.violations import MOST_VIOLATIONS

if TYPE_CHECKING:
    import pytest

AT = "2026-01-02T03:04:05.678Z"


def level(rules: dict[str, PropertyRule] | None = None, closed: bool = False) -> Level:
    catalogue = SourceCatalogue("web")
    watcher = Watcher(catalogue)
    watcher.at = AT
    event = catalogue.event(("track", "A"), AT, is_planned=False)
    assert event is not None
    return Level(watcher, event, ("properties",), rules, closed)


def look(at: Level, value: dict[str, Any]) -> Findings:
    found = Findings()
    at.look(value, found)
    return found


def test_a_shape_that_came_before_is_not_worked_out_again_and_its_values_still_are() -> None:
    place = level({"plan": PropertyRule(("string",), enum=("free",))})
    assert look(place, {"plan": "free"}).is_clean
    (known,) = place.shapes.values()
    assert not look(place, {"plan": "gold"}).is_clean
    assert look(place, {"plan": "free"}).is_clean
    assert list(place.shapes.values()) == [known]
    assert known.count == 3


def test_ever_new_shapes_are_forgotten_in_time_and_every_one_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mainstem.tracking.levels.SHAPES_BYTES", 5000)
    place = level()
    kept = []
    shapes = [dict.fromkeys(keys, 1) for keys in combinations("abcdefgh", 3)]
    for value in shapes:
        look(place, value)
        kept.append(len(place.shapes))
        assert (*value, *map(type, value.values())) in place.shapes
    assert max(kept) < 12
    place.watcher.fold()
    counts = {path[-1]: seen.count for path, seen in place.event.properties.items()}
    assert counts == dict.fromkeys("abcdefgh", 21)


def test_a_shape_too_large_to_keep_is_judged_and_counted_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mainstem.tracking.levels.SHAPES_BYTES", 100)
    place = level({"a": PropertyRule(("string",))})
    for _ in range(2):
        assert not look(place, {"a": 1}).is_clean
    assert place.shapes == {}
    place.watcher.fold()
    assert place.event.properties["properties", "a"].count == 2


def test_an_event_has_a_bounded_number_of_violations() -> None:
    place = level({"a": PropertyRule()}, closed=True)
    assert len(look(place, {f"x{n}": 1 for n in range(150)}).violations) == MOST_VIOLATIONS


def test_what_is_found_in_one_event_is_not_found_in_the_next() -> None:
    place, found = level({"a": PropertyRule()}, closed=True), Findings()
    place.look({"b": 1}, found)
    assert (found.is_clean, len(found.violations), len(found.unplanned)) == (False, 1, 1)
    found.clear()
    assert (found.is_clean, found.violations, found.unplanned, found.surplus) == (True, [], [], [])
