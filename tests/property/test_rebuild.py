"""Whatever was sent, and however it was loaded, tables made anew from the log equal those that stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.load.rebuild import Rebuilder, Scope
from mainstem.testing.records import EventLog
from mainstem.testing.share import share_of
from mainstem.testing.warehouse import MemoryWarehouse

START = datetime(2026, 1, 2, tzinfo=UTC)
_SOURCES = [Source("web", "web", ("key",)), Source("app", "app", ("other",))]
_VALUES = st.sampled_from(
    [None, 1, 2.5, 2**70, True, "x", "2026-01-02", [1, "a"], {"deep": 1}, {"deep": "y"}]
)
_EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["track", "track", "page", "identify", "trace"]),
        "messageId": st.integers(0, 40).map(lambda number: f"m{number}"),
        "event": st.sampled_from(["a", "B c"]),
        "userId": st.sampled_from(["u1", "u2", 3]),
        "properties": st.dictionaries(st.sampled_from(["p", "q"]), _VALUES),
        "traits": st.dictionaries(st.sampled_from(["p", "q"]), _VALUES),
    },
    optional={"receivedAt": st.sampled_from(["2026-01-01T12:00:00Z", "2026-01-04", "no moment", 7])},
)
_SEND = st.tuples(
    st.just("send"), _EVENTS, st.sampled_from(["0", "1"]), st.sampled_from(["web", "app", "gone"])
)
_SAY_NOTHING = st.tuples(st.just("junk"), st.sampled_from([b"{", b"7", b'{"receivedAt":"x"}']))
_LOAD = st.tuples(st.just("load"), st.integers(1, 4))
_WAIT = st.tuples(st.just("wait"), st.sampled_from([1, 3600, 30 * 3600, 80 * 3600]))
_ACTIONS = st.lists(_SEND | _SEND | _SEND | _SAY_NOTHING | _LOAD | _WAIT, max_size=25)
_MOMENTS = st.none() | st.integers(-20, 120).map(lambda hours: START + timedelta(hours=hours))
_SCOPES = st.builds(
    Scope,
    begin=_MOMENTS,
    end=_MOMENTS,
    source_ids=st.sampled_from([None, frozenset({"web"}), frozenset({"web", "gone"})]),
    tables=st.sampled_from([None, frozenset({"a", "users", "rudder_discards"})]),
)


class World:
    """A log that grows, a clock, and a loader that takes it in as it comes."""

    def __init__(self, *, columnar: bool) -> None:
        self.log, self.warehouse = EventLog(), MemoryWarehouse()
        self.now = START
        self.settings = LoadSettings(batch_max_bytes=900, dedupe_days=2, columnar=columnar)
        self.loader = Loader(self.log, self.warehouse, _SOURCES, self.settings, now=lambda: self.now)

    def act(self, action: Any) -> None:
        match action:
            case "send", event, partition, source:
                stamp = self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
                self.log.send(event, partition=partition, source_id=source, received_at=stamp)
            case "junk", payload:
                self.log.append(payload)
            case "load", steps:
                for _ in range(steps):
                    self.tick()
                    self.loader.step()
            case "wait", seconds:
                self.now += timedelta(seconds=seconds)

    def tick(self) -> None:
        """Commits of one moment would be one commit to whoever reads them back."""
        self.now += timedelta(milliseconds=1)

    def load_all(self) -> None:
        self.act(("load", 25))

    def rebuilder(self, scope: Scope, batch_bytes: int = 700) -> Rebuilder:
        return Rebuilder(self.log, self.warehouse, _SOURCES, self.settings, scope, batch_bytes=batch_bytes)

    def tables(self) -> dict[str, Any]:
        """Columns and rows of everything, but for when a row was loaded."""
        found: dict[str, Any] = {}
        for namespace in self.warehouse.namespaces():
            for table, columns in self.warehouse.columns(namespace).items():
                names = ", ".join(f'"{name}"' for name in columns if name != "uuid_ts")
                rows = self.warehouse.query(f'SELECT {names} FROM memory."{namespace}"."{table}"')
                found[f"{namespace}.{table}"] = columns, sorted(map(repr, rows.to_pylist()))
        return found


@settings(max_examples=share_of(20), deadline=None)
@given(_ACTIONS, _SCOPES, st.booleans())
def test_tables_made_anew_equal_those_that_stand(actions: list[Any], scope: Scope, columnar: bool) -> None:
    world = World(columnar=columnar)
    for action in actions:
        world.act(action)
    world.load_all()
    if not world.warehouse.columns("mainstem"):
        return
    before = world.tables()
    report = world.rebuilder(scope).run()
    assert world.tables() == before
    assert not report.missing
    assert [change for change in report.tables if change.changed or change.recreated] == []


@settings(max_examples=share_of(10), deadline=None)
@given(_ACTIONS, _ACTIONS, st.booleans())
def test_what_was_lost_comes_back_and_what_comes_after_is_loaded_once(
    actions: list[Any], later: list[Any], columnar: bool
) -> None:
    world, untouched = World(columnar=columnar), World(columnar=columnar)
    for each in (world, untouched):
        for action in actions:
            each.act(action)
        each.load_all()
    if not world.warehouse.columns("mainstem"):
        return
    with world.warehouse.transaction("an accident") as transaction:
        for namespace in ("web", "app", "gone"):
            for table in world.warehouse.columns(namespace):
                name = f'memory."{namespace}"."{table}"'
                transaction.query(f"DELETE FROM {name} WHERE random() < 0.5")
    world.rebuilder(Scope()).run()
    assert world.tables() == untouched.tables()
    for each in (world, untouched):
        for action in later:
            each.act(action)
        each.load_all()
    assert world.tables() == untouched.tables()
