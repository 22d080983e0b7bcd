"""Exactly once: whatever is sent and whenever the loader or the warehouse fails, each event is there once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import WarehouseBusy
from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.testing.records import EventLog
from mainstem.testing.share import share_of
from mainstem.testing.warehouse import MemoryWarehouse

_VALUES = st.sampled_from(
    [None, 1, 2.5, 2**70, True, "x", "2026-01-02", [1, "a"], {"deep": 1}, {"deep": "y"}]
)
_EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["track", "page", "identify", "trace"]),
        "messageId": st.integers(0, 12).map(lambda number: f"m{number}"),
        "event": st.sampled_from(["a", "B c"]),
        "userId": st.sampled_from(["u1", "u2", 3]),
        "properties": st.dictionaries(st.sampled_from(["p", "q"]), _VALUES),
        "traits": st.dictionaries(st.sampled_from(["p", "q"]), _VALUES),
    }
)
_SEND = st.tuples(st.just("send"), _EVENTS, st.sampled_from(["0", "1"]))
_LOAD = st.tuples(
    st.just("load"),
    st.sampled_from(
        ["columns", "read", "begin", "create_table", "add_columns", "append", "commit", "committed"]
    ),
    st.integers(0, 4),
    st.sampled_from([WarehouseBusy, KeyboardInterrupt]),
)
_SOURCES = [Source("web", "web", ("key",))]
_TABLES = ("tracks", "pages", "identifies")


class _Failing:
    """Raises once, at the nth time a point is reached; 0 never."""

    def __init__(self, point: str, nth: int, error: type[BaseException]) -> None:
        self._point, self._left, self._error = point, nth, error

    def __call__(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                raise self._error


@settings(max_examples=share_of(60), deadline=None)
@given(st.lists(_SEND | _LOAD, max_size=25))
def test_every_event_is_loaded_exactly_once_through_any_failures(actions: list[Any]) -> None:
    log, warehouse = EventLog(), MemoryWarehouse()
    loader = _loader(log, warehouse)
    for action in actions:
        if action[0] == "send":
            log.send(action[1], partition=action[2])
            continue
        warehouse.at = _Failing(*action[1:])
        try:
            loader.run_once()
        except WarehouseBusy:
            pass
        except KeyboardInterrupt:
            loader = _loader(log, warehouse)
    warehouse.at = lambda _: None
    loader.run_once()
    found = _found(warehouse)
    sent = {action[1]["messageId"] for action in actions if action[0] == "send"}
    assert found == Counter(sent)


def _loader(log: EventLog, warehouse: MemoryWarehouse) -> Loader:
    return Loader(log, warehouse, _SOURCES, LoadSettings(batch_max_bytes=1500))


def _found(warehouse: MemoryWarehouse) -> Counter[str]:
    """How often each message id stands in the table of its type or in quarantine."""
    counts: Counter[str] = Counter()
    standing = warehouse.columns("web")
    for table in _TABLES:
        if table in standing:
            counts.update(warehouse.query(f"SELECT id FROM memory.web.{table}")["id"].to_pylist())
    if warehouse.columns("mainstem"):
        query = "SELECT message_id AS id FROM memory.mainstem.quarantine"
        counts.update(warehouse.query(query)["id"].to_pylist())
    return counts
