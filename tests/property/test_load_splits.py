"""However the same events are split into batches, the same tables come of them.

Held equal: tables, columns and their types, every row of every table with every value, merged users, discards
and quarantine with their reasons, and the window of message ids. Not held: `uuid_ts`, which is the time of
loading, and the order of rows, which no table has.

Within one partition that holds for all events whatever. Over several, the order between partitions is
promised to nobody, and three things hang on it: which of two events with one message id counts, which type a
new column gets when its first values are of several types, and which of two values of a user counts that were
received in the same millisecond. Events that do not meet in one of these ways are held equal there too.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.testing.held import Held, held
from mainstem.testing.records import EventLog
from mainstem.testing.share import share_of
from mainstem.testing.warehouse import MemoryWarehouse

NOW = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)
SOURCES = [Source("web", "web", ("key",))]

_NUMBERS = [1, 2, 3, -1, 2.5, 2.0, 2**53 + 1, 2**70]
_TEXTS = ["", "x", "2026-01-02", "2024-02-30T01:02:03Z"]
_NESTED = [[], [1, "a"], {"deep": 1}, {"deep": "y"}, {"0": "a", "1": "b"}]
_ANY = st.sampled_from([None, True, False, *_NUMBERS, *_TEXTS, *_NESTED])
_USUAL = st.fixed_dictionaries({"price": st.sampled_from([1.5, 2.5]), "note": st.sampled_from(["a", "b"])})
_FORMS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["track", "track", "track", "page", "identify", "group", "trace"]),
        "messageId": st.integers(0, 400).map(lambda number: f"m{number}"),
        "event": st.sampled_from(["Bought", "Bought", "Bought", "Seen it"]),
        "userId": st.sampled_from(["u1", "u2", 3]),
        "properties": _USUAL | st.dictionaries(st.sampled_from(["price", "note", "p", "日"]), _ANY),
        "traits": _USUAL | st.dictionaries(st.sampled_from(["price", "p", "q"]), _ANY),
    }
)
_RUNS = st.lists(st.tuples(_FORMS, st.sampled_from([1, 2, 25, 40])), min_size=2, max_size=8)
"""Events that come again and again in one form, as those of a program do: so the columnar way is taken."""
_LEARNED = {"type": "track", "event": "Bought", "userId": "u1", "properties": {"price": 1.5, "note": "a"}}
"""What the loader sees enough of first, so that it takes further ones as columns."""
_SPLITS = st.lists(
    st.tuples(st.sampled_from([25, 1, 7, 60]), st.sampled_from([False, False, True])), min_size=2, max_size=8
)
"""(events that arrive before the next load, whether the loader is another one by then)."""


def _events(runs: list[tuple[dict[str, Any], int]]) -> list[dict[str, Any]]:
    """Every run as events, of which most have ids of their own."""
    return [{**_LEARNED, "messageId": f"learned-{n}"} for n in range(25)] + [
        {**form, "messageId": form["messageId"] if n == 0 else f"{form['messageId']}-{place}-{n}"}
        for place, (form, times) in enumerate(runs)
        for n in range(times)
    ]


def _loaded(
    events: list[tuple[str, dict[str, Any]]], splits: list[tuple[int, bool]], *, columnar: bool
) -> Held:
    """All that the warehouse holds once `events` of (partition, event) came in `splits`, then the rest."""
    log, warehouse = EventLog(), MemoryWarehouse()
    loader, left = None, list(events)
    for size, is_new in [(25, False), *splits, (len(events), False)] if splits else [(len(events), False)]:
        for partition, event in left[:size]:
            log.send(event, partition=partition)
        del left[:size]
        if loader is None or is_new:
            options = LoadSettings(columnar=columnar)
            piece = 4000 if splits else 2**25  # of a dozen events, so that a transaction holds several
            loader = Loader(log, warehouse, SOURCES, options, piece_bytes=piece, now=lambda: NOW)
        loader.run_once()
    found = held(warehouse, ["web"])
    warehouse.close()
    return found


@settings(max_examples=share_of(30), deadline=None)
@given(_RUNS, _SPLITS, st.booleans())
def test_any_split_of_a_partition_makes_the_same_tables(
    runs: list[tuple[dict[str, Any], int]], splits: list[tuple[int, bool]], columnar: bool
) -> None:
    events = [("0", event) for event in _events(runs)]
    assert _loaded(events, splits, columnar=columnar) == _loaded(events, [], columnar=False)


@settings(max_examples=share_of(20), deadline=None)
@given(_RUNS, _SPLITS, st.booleans(), st.randoms(use_true_random=False))
def test_any_split_of_several_partitions_makes_the_same_tables_of_events_that_do_not_meet(
    runs: list[tuple[dict[str, Any], int]], splits: list[tuple[int, bool]], columnar: bool, random: Any
) -> None:
    events = []
    for number, event in enumerate(_events(runs)):
        usual = {"price": 1.5, "note": "a", "tags": ["x"]}
        apart = {"messageId": f"m{number}", "userId": f"u{number}", "properties": usual, "traits": usual}
        events.append((str(number % 3), {**event, **apart}))
    shuffled = list(events)
    random.shuffle(shuffled)
    one, other = _loaded(shuffled, splits, columnar=columnar), _loaded(events, [], columnar=False)
    for found in (one, other):  # which record lies at which offset is another matter after shuffling
        _without_places(found)
    assert one == other


def test_many_events_that_are_alike_make_the_same_tables_as_one_by_one() -> None:
    """So many that they are cut, not decoded; some come again, some hold conflicts, one has a new value."""
    properties: list[dict[str, Any]] = [
        {"price": number / 4, "note": f"n{number % 7}", "tags": ["a"], "ok": number % 2 == 0}
        for number in range(700)
    ]
    properties[350]["price"] = "dear"
    properties[420]["note"] = 5
    properties[500]["new"] = "x"
    events = [
        (
            "0",
            {**_LEARNED, "messageId": f"m{number % 640}", "properties": one, "event": f"Bought {number % 2}"},
        )
        for number, one in enumerate(properties)
    ]
    splits = [(300, False), (100, False)]
    assert _loaded(events, splits, columnar=True) == _loaded(events, splits, columnar=False)


def _without_places(found: Held) -> None:
    columns, rows = found["mainstem.quarantine"]
    places = ("log_partition", "log_offset")
    found["mainstem.quarantine"] = (
        columns,
        Counter({frozenset(cell for cell in row if cell[0] not in places): n for row, n in rows.items()}),
    )
