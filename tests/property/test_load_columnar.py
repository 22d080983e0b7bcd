"""The columnar way against the pure one: whatever it takes, it makes the same rows of."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.events import Received, Source, encode_received
from mainstem.load.columnar import ColumnarResult, Lanes, head_of
from mainstem.load.dedupe import event_key
from mainstem.load.discards import DISCARD_COLUMNS, DISCARDS
from mainstem.load.placement import Placements
from mainstem.load.plan import AddColumns, AppendRows, CreateTable, Plan, make_plan
from mainstem.load.record import Arrival, RecordReader
from mainstem.load.schema import PROVIDERS, Options
from mainstem.load.stage import staged
from mainstem.testing.share import share_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mainstem.warehouse import ColumnType

NOW = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
PROVIDER = PROVIDERS["ducklake"]
TRACK = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m",
    "userId": "u1",
    "anonymousId": "a1",
    "channel": "web",
    "originalTimestamp": "2026-01-01T00:00:00.000Z",
    "sentAt": "2026-01-01T00:00:01.000Z",
    "timestamp": "2026-01-01T00:00:00.500Z",
    "integrations": {"All": True},
    "context": {
        "ip": "203.0.113.1",
        "library": {"name": "js", "version": "1"},
        "traits": {"plan": "pro"},
        "screen": {"width": 1920, "density": 1.5},
    },
    "properties": {
        "price": 2.5,
        "count": 3,
        "member": True,
        "note": "plain",
        "at": "2026-01-01T00:00:00.000Z",
        "tags": ["a", 1.0],
        "name": "n",
        "nested": {"deep": {"er": "x"}},
    },
}
PAGE = {**TRACK, "type": "page", "event": None, "name": "Home"}
ODD: list[Any] = [
    None, "", " ", "x", "2024-02-30", "2026-01-02T03:04:05Z", "2026-01-01T00:00:00.1+05",
    "2026-01-01T00:00:00+0530", "2024-02-30T00:00:00.000Z", "2026-01-01T24:00:00.000Z",
    "2026-01-02T03:04:05.678901+02:00",
    "0000-01-01", "0000-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000+05", "9999-12-31T23:59:59.999-05",
    "user-1", "abcd-1", "2026-01-02T03:04:05.1+0530", "2026-01-02 03:04:05.678Z", "2026-01-02T03:04:05,678Z",
    "ÄÖ日-本", "a" * 3000,
    0, -1, 3, 2**53, 2**53 + 1, 2**63, 2**70, 2.0, -0.0, 2.5, 1e20, 1e300, 5e-324, True, False,
    [], [""], [None], [[]], ["a", 1.0], [{"b": 2.0}], {}, {"a": 1}, {"0": "a", "1": "b"},
]  # fmt: skip
"""Values that meet a rule of their own somewhere."""


class Bench:
    """Both ways over the same standing tables."""

    def __init__(self, options: Options | None = None) -> None:
        placements = Placements([Source("web", "Web", ("k",), "Javascript")], PROVIDER, "mainstem")
        options = options or Options()
        self.reader = RecordReader(placements, PROVIDER, options)
        self.lanes = Lanes(placements.of, PROVIDER, options, enough=1, least_alike=1, most_others=1000)
        self.standing: dict[str, dict[str, dict[str, ColumnType]]] = {}
        self.cut: set[int] = set()
        """Which of the last events were taken without being decoded."""
        self.discards = 0
        """Values of those that their columns could not take whole."""

    def structure(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        return self.standing.get(namespace, {})

    def learn(self, *events: object) -> Bench:
        records = [record_of(event, f"learned-{n}") for n, event in enumerate(events)]
        for step in self.plan(records).steps:
            if isinstance(step, CreateTable | AddColumns):
                tables = self.standing.setdefault(step.name.namespace, {})
                tables.setdefault(step.name.table, {}).update(step.columns)
                tables.setdefault(DISCARDS, dict(DISCARD_COLUMNS))
        self.lanes.watch([(head_of(record)[0], record) for record in records], self.structure)
        return self

    def plan(self, records: Sequence[bytes]) -> Plan:
        rows = [
            (found.namespace, row)
            for record in records
            if isinstance(found := self.reader.read(record), Arrival)
            for row in found.rows
        ]
        return make_plan(rows, self.structure, NOW)

    def taken(self, events: Sequence[object]) -> set[int]:
        """Which of the events went the columnar way. Fails unless their rows are those of the pure way,
        whether the records are decoded or those that are alike are only cut."""
        records = [record_of(event, f"sent-{n}") for n, event in enumerate(events)]
        headed = [(head_of(record)[0], record) for record in records]
        result = self.lanes.run(headed, self.structure, NOW)
        self.compare(records, result)
        groups = self.lanes.glimpse(records)
        both = self.lanes.run_alike(groups, (), self.structure, NOW)
        self.compare(records, both)
        alone = self.cut_alone(records)
        self.compare(records, alone)
        self.cut, self.discards = alone.taken, alone.discards
        for group in groups:
            for one in group.lanes:
                for row, key in zip(one.rows, one.keys, strict=True):
                    lane, ids = head_of(records[group.places[row]])
                    assert (one.lane, key) == (lane, event_key(*(ids or ("", ""))))
        return result.taken

    def cut_alone(self, records: Sequence[bytes]) -> ColumnarResult:
        """Each record as one of a skeleton of its own, and never decoded."""
        found = ColumnarResult()
        for number, record in enumerate(records):
            one = self.lanes.run_alike(self.lanes.glimpse([record]), (), self.structure, NOW)
            found.taken.update(number for _ in one.taken)
            found.discards += one.discards
            for name, parts in one.tables.items():
                found.tables.setdefault(name, []).extend(parts)
        return found

    def compare(self, records: Sequence[bytes], result: ColumnarResult) -> None:
        """Fails unless the rows are those of the pure way."""
        plan = self.plan([records[n] for n in sorted(result.taken)])
        assert not plan.changes_structure, "a new column was not seen"
        assert result.discards == plan.discards, "a conflict was not seen"
        pure = {
            step.name: rows_of(staged(step.rows, step.columns))
            for step in plan.steps
            if isinstance(step, AppendRows)
        }
        columnar = {
            name: sum((rows_of(part) for part in parts), Counter()) for name, parts in result.tables.items()
        }
        assert columnar.keys() == pure.keys()
        for name, rows in pure.items():
            assert differences(columnar[name], rows) == [], name


Cells = frozenset[tuple[str, str]]


def rows_of(table: Any) -> Counter[Cells]:
    """Rows without their NULLs, values as texts, in which −0.0 and 0, 1 and 1.0 differ."""
    return Counter(
        frozenset((column, repr(value)) for column, value in row.items() if value is not None)
        for row in table.to_pylist()
    )


def differences(columnar: Counter[Cells], pure: Counter[Cells]) -> list[tuple[object, ...]]:
    """(id, what only the columnar way gave, what only the pure way gave) of the rows that differ."""
    only_columnar = {_key(row): row for row in columnar - pure}
    only_pure = {_key(row): row for row in pure - columnar}
    none: Cells = frozenset()
    return [
        (key, only_columnar.get(key, none) - only_pure.get(key, none), only_pure.get(key, none) - row)
        for key in only_columnar | only_pure
        for row in [only_columnar.get(key, none)]
    ]


def _key(row: Cells) -> str:
    """The message id of a row, or of the discard of one."""
    cells = dict(row)
    return cells.get("id") or cells["row_id"] + cells["column_name"]


def record_of(event: object, message_id: str) -> bytes:
    """An event's record. Its message id, where it is text, is made its own."""
    if isinstance(event, dict) and isinstance(event.get("messageId"), str):
        event = {**event, "messageId": message_id} if event["messageId"].strip() else event
    made = None
    if isinstance(event, dict) and not str(event.get("messageId") or "").strip():
        made = f"made-{message_id}"
    raw = event if isinstance(event, bytes) else json.dumps(event).encode()
    return encode_received(
        Received("2026-01-01T00:00:02.000Z", "198.51.100.7", "web", msgspec.Raw(raw), None, made)
    )


def changed(event: Any, path: Sequence[str], value: object) -> Any:
    if not path:
        return value
    inner = event.get(path[0], {}) if isinstance(event, dict) else {}
    return {**(event if isinstance(event, dict) else {}), path[0]: changed(inner, path[1:], value)}


def without(event: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    if len(path) == 1:
        return {key: value for key, value in event.items() if key != path[0]}
    return {**event, path[0]: without(event[path[0]], path[1:])}


def paths_of(event: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in event.items():
        found.append((*above, key))
        if isinstance(value, dict):
            found += paths_of(value, (*above, key))
    return found


@pytest.mark.parametrize(
    "event", [TRACK, PAGE, {**TRACK, "type": "group", "groupId": "g", "traits": {"n": 1}}]
)
def test_an_event_of_a_known_form_goes_the_columnar_way(event: dict[str, Any]) -> None:
    bench = Bench().learn(event, event)
    assert bench.taken([event, event]) == bench.cut == {0, 1}


@pytest.mark.long
@pytest.mark.parametrize("event", [TRACK, PAGE])
def test_any_value_at_any_place_makes_the_same_rows_or_goes_the_pure_way(event: dict[str, Any]) -> None:
    bench = Bench().learn(event)
    odd = [changed(event, path, value) for path in paths_of(event) for value in ODD]
    less = [without(event, path) for path in paths_of(event)]
    taken = bench.taken([*odd, *less, event])
    assert len(odd) + len(less) in taken
    assert len(taken) > len(less)
    assert len(odd) + len(less) in bench.cut
    assert len(bench.cut) > len(taken) / 2


def test_a_key_that_nobody_sent_before_goes_the_pure_way() -> None:
    bench = Bench().learn(TRACK)
    strange = [changed(TRACK, path, 1) for path in (("new",), ("properties", "new"), ("context", "app", "x"))]
    assert bench.taken([*strange, TRACK]) == {3}


def test_options_that_an_event_asks_for_are_left_to_the_rules() -> None:
    asked = {"All": True, "DUCKLAKE": {"options": {"skipTracksTable": True}}}
    bench = Bench().learn(TRACK)
    assert bench.taken([changed(TRACK, ["integrations"], asked), TRACK]) == {1}


@pytest.mark.parametrize("learned", [[], {"a": 1}])
def test_a_value_where_others_have_a_list_or_an_object_is_not_lost(learned: object) -> None:
    bench = Bench().learn(changed(TRACK, ["userId"], learned))
    odd = [changed(TRACK, ["userId"], value) for value in ODD]
    assert bench.taken([*odd, changed(TRACK, ["userId"], learned)]) >= {len(odd)}


@pytest.mark.parametrize(
    ("path", "value"),
    [("count", "several"), ("count", True), ("count", 2.5), ("price", "2026-01-02T03:04:05Z"), ("member", 2)],
)
def test_a_value_that_its_column_cannot_take_is_discarded_on_the_columnar_way_too(
    path: str, value: object
) -> None:
    bench = Bench().learn(TRACK)
    bench.taken([changed(TRACK, ["properties", path], value), TRACK])
    assert bench.cut == {0, 1}
    assert bench.discards == 1


def test_a_conflict_goes_the_pure_way_until_the_table_of_discards_stands() -> None:
    bench = Bench().learn(TRACK)
    del bench.standing["web"][DISCARDS]
    assert (
        bench.cut_alone([record_of(changed(TRACK, ["properties", "count"], "several"), "m")]).taken == set()
    )


def test_an_event_that_brings_what_the_gateway_fills_in_goes_the_pure_way() -> None:
    bench = Bench().learn(TRACK)
    own = [{**TRACK, "receivedAt": None}, {**TRACK, "request_ip": "1.1.1.1"}, {**TRACK, "rudderId": "r"}]
    assert bench.taken(own) == set()


def test_two_properties_for_one_column_go_the_pure_way() -> None:
    both = changed(changed(TRACK, ["properties", "Order Id"], "a"), ["properties", "order_id"], "b")
    bench = Bench().learn(both)
    assert bench.taken([both, TRACK]) == {1}


@pytest.mark.parametrize(
    "options",
    [
        Options(json_paths=("track.properties.note", "tags")),
        Options(skip_tracks_table=True),
        Options(underscore_divide_numbers=True),
    ],
)
def test_options_of_the_destination_hold_on_the_columnar_way_too(options: Options) -> None:
    bench = Bench(options).learn(TRACK)
    odd = [changed(TRACK, path, value) for path in paths_of(TRACK) for value in ODD[:6]]
    assert len(odd) in bench.taken([*odd, TRACK])


def test_a_lane_follows_a_form_that_grows() -> None:
    grown = changed(TRACK, ["properties", "new"], "x")
    bench = Bench().learn(TRACK)
    assert bench.taken([grown]) == set()
    bench.learn(*[grown] * 30)
    assert bench.taken([grown, TRACK]) == {0, 1}


_VALUES = (
    st.sampled_from(ODD)
    | st.text(max_size=8)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
_MADE = st.recursive(
    _VALUES,
    lambda inner: st.dictionaries(
        st.sampled_from(["a", "b c", "B_c", "1", "id", "name", "ä"]), inner, max_size=4
    ),
    max_leaves=8,
)
_EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "screen", "group", "alias"]), "messageId": st.just("m")},
    optional={
        "event": st.sampled_from(["Same", "tracks", "", "日本"]),
        "name": _VALUES,
        "userId": _VALUES,
        "groupId": _VALUES,
        "timestamp": _VALUES,
        "sentAt": _VALUES,
        "originalTimestamp": _VALUES,
        "context": _MADE,
        "properties": _MADE,
        "traits": _MADE,
        "userProperties": _MADE,
        "channel": st.sampled_from(["web", "sources"]),
    },
)


@settings(max_examples=share_of(150), deadline=None)
@given(st.lists(_EVENTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_events_make_the_same_rows_both_ways(events: list[dict[str, Any]], chance: random.Random) -> None:
    bench = Bench().learn(*events)
    bench.taken([*events, *(_mutated(event, chance) for event in events for _ in range(6))])


def _mutated(event: dict[str, Any], chance: random.Random) -> Any:
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(paths_of(event))
        if path == ("messageId",):
            continue
        event = changed(event, path, chance.choice(ODD)) if chance.random() < 0.7 else _dropped(event, path)
    return event


def _dropped(event: dict[str, Any], path: Sequence[str]) -> dict[str, Any]:
    try:
        return without(event, path)
    except (KeyError, AttributeError):
        return event  # an earlier change took what is above it


@pytest.mark.long
@pytest.mark.parametrize("file", ["recorded", "random"])
def test_every_recorded_event_makes_the_same_rows_both_ways(conformance: Path, file: str) -> None:
    chance, taken, seen = random.Random(7), 0, set()
    with gzip.open(conformance / "warehouse_schema" / f"{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)["message"]
            text = json.dumps(message)
            if text in seen or not isinstance(message, dict):
                continue
            seen.add(text)
            event = {key: value for key, value in message.items() if key not in ("receivedAt", "request_ip")}
            bench = Bench().learn(event)
            taken += len(bench.taken([event, message, *(_mutated(event, chance) for _ in range(5))]))
    assert taken > len(seen) / 5, f"of {len(seen)} odd forms hardly any went the columnar way"
