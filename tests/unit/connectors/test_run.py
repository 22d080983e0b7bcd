"""What a run lands is there once; a stream that fails leaves what was committed, and the next goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mainstem.connectors import Deletes, Page, Stream, Table
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, SyncResult, Wanted
from mainstem.errors import ApiUnavailable, SyncIncomplete, UsageError, WarehouseBusy
from mainstem.testing.connectors import (
    THINGS,
    TOLD,
    ListedSource,
    RecordingLedger,
    StillClock,
    things,
)
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYTHING = Wanted()
LISTED = Stream("things", (THINGS,), Deletes.LISTING)


@pytest.fixture
def warehouse() -> Iterator[MemoryWarehouse]:
    held = MemoryWarehouse()
    yield held
    held.close()


class Scene:
    def __init__(self, warehouse: MemoryWarehouse) -> None:
        self.warehouse = warehouse
        self.clock = StillClock()
        self.ledger = RecordingLedger()

    def sync(self, source: ListedSource, wanted: Wanted = EVERYTHING, rows_a_commit: int = 1) -> SyncResult:
        self.clock.advance(60)
        landing = Landing(self.warehouse, "shop", self.clock, pseudonym=lambda text: f"k1:{text}")
        return Sync("shop", source, landing, self.ledger, self.clock, rows_a_commit=rows_a_commit).run(wanted)

    def rows(self, table: str = "thing") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.warehouse.query(
            f"SELECT * FROM memory.shop.{table} ORDER BY _key"
        ).to_pylist()
        return found

    def standing(self) -> dict[Any, Any]:
        return {row["id"]: row["name"] for row in self.rows() if not row["_fivetran_deleted"]}


@pytest.fixture
def scene(warehouse: MemoryWarehouse) -> Scene:
    return Scene(warehouse)


def test_a_row_that_is_read_again_replaces_itself(scene: Scene) -> None:
    scene.sync(ListedSource([things({"id": 1, "name": "a"}), things({"id": 1, "name": "b"})]))
    assert scene.standing() == {1: "b"}


def test_of_two_readings_of_a_row_in_one_commit_the_greater_version_is_kept(scene: Scene) -> None:
    page = things({"id": 1, "name": "new", "version": 2}, {"id": 1, "name": "old", "version": 1})
    scene.sync(ListedSource([page]))
    assert scene.standing() == {1: "new"}


def test_the_next_run_goes_on_behind_what_was_committed(scene: Scene) -> None:
    source = ListedSource([things({"id": 1, "name": "a"}), ApiUnavailable("away")])
    failed = scene.sync(source)
    assert (failed.state, failed.streams[0].rows) == ("failed", 1)
    source.pages[1] = things({"id": 2, "name": "b"})
    assert scene.sync(source).state == "success"
    assert source.asked[1].position == {"pages": 1}
    assert scene.standing() == {1: "a", 2: "b"}


def test_rows_since_the_last_commit_are_read_again_after_a_failure(scene: Scene) -> None:
    source = ListedSource([things({"id": 1, "name": "a"}), ApiUnavailable("away")])
    scene.sync(source, rows_a_commit=100)
    source.pages[1] = things({"id": 2, "name": "b"})
    scene.sync(source, rows_a_commit=100)
    assert source.asked[1].position is None
    assert scene.standing() == {1: "a", 2: "b"}


def test_a_run_says_why_a_stream_failed(scene: Scene) -> None:
    result = scene.sync(ListedSource([ApiUnavailable("the service is away")]))
    with pytest.raises(SyncIncomplete, match="things: the service is away"):
        result.ensure_success()


def test_a_fault_of_the_connector_fails_its_stream_alone(scene: Scene) -> None:
    result = scene.sync(ListedSource([ValueError("not what was expected")]))
    assert result.streams[0].problem == "ValueError: not what was expected"


def test_a_row_that_the_source_tells_as_gone_stays_and_is_marked(scene: Scene) -> None:
    source = ListedSource([things({"id": 1, "name": "a"}), Page(gone={"thing": [{"id": 1}]})])
    scene.sync(source)
    assert [(row["name"], row["_fivetran_deleted"]) for row in scene.rows()] == [("a", True)]


def test_a_row_that_two_listings_lack_is_gone(scene: Scene) -> None:
    scene.sync(ListedSource([things({"id": 1, "name": "a"}, {"id": 2, "name": "b"})], LISTED))
    source = ListedSource([things({"id": 2, "name": "b"})], LISTED)
    result = scene.sync(source)
    assert (len(source.asked), result.streams[0].deleted) == (2, 1)
    assert scene.standing() == {2: "b"}


def test_a_row_that_slipped_past_one_listing_is_not_gone(scene: Scene) -> None:
    scene.sync(ListedSource([things({"id": 1, "name": "a"}, {"id": 2, "name": "b"})], LISTED))

    class Slipping(ListedSource):
        def read(self, stream: Stream, asked: Any) -> Iterator[Page]:
            self.pages = [things({"id": 1, "name": "a"}) if self.asked else things({"id": 2, "name": "b"})]
            return super().read(stream, asked)

    scene.sync(Slipping([], LISTED))
    assert scene.standing() == {1: "a", 2: "b"}


def test_a_full_reading_finds_what_the_source_did_not_tell_of(scene: Scene) -> None:
    scene.sync(ListedSource([things({"id": 1, "name": "a"}, {"id": 2, "name": "b"})]))
    source = ListedSource([things({"id": 1, "name": "a"})])
    assert scene.sync(source, Wanted(full=True)).state == "success"
    assert scene.standing() == {1: "a"}
    scene.sync(source)
    assert source.asked[-1].position == {"pages": 1}


def test_what_an_owner_has_no_more_is_removed(scene: Scene) -> None:
    tags = Table("tag", ("thing_id", "tag"), owner="thing_id")
    stream = Stream("things", (THINGS, tags))
    first = Page(
        {"thing": [{"id": 1, "name": "a"}], "tag": [{"thing_id": 1, "tag": "x"}]}, owners={"tag": [1]}
    )
    later = Page({"thing": [{"id": 1, "name": "a"}], "tag": []}, owners={"tag": [1]})
    scene.sync(ListedSource([first, later], stream))
    assert scene.rows("tag") == []


def test_a_new_column_is_added_and_told(scene: Scene) -> None:
    scene.sync(
        ListedSource([things({"id": 1, "name": "a"}), things({"id": 2, "name": "b", "colour": "red"})])
    )
    assert scene.ledger.changes == [
        ("things", "new_table", "thing", ""),
        ("things", "new_column", "thing.colour", "string"),
    ]
    assert [row["colour"] for row in scene.rows()] == [None, "red"]


def test_a_value_that_does_not_fit_its_column_gets_a_sibling(scene: Scene) -> None:
    scene.sync(
        ListedSource([things({"id": 1, "name": "a", "n": 5}), things({"id": 2, "name": "b", "n": "many"})])
    )
    assert [(row["n"], row["n__v_string"]) for row in scene.rows()] == [(5, None), (None, "many")]
    assert ("things", "new_variant", "thing.n__v_string", "string") in scene.ledger.changes


def test_addresses_stand_beside_their_pseudonyms(scene: Scene) -> None:
    scene.sync(ListedSource([things({"id": 1, "name": "a", "email": "a@example.com"})]))
    row = scene.rows()[0]
    assert (row["email"], row["email_pseudonym"]) == ("a@example.com", "k1:a@example.com")


def test_a_range_leaves_the_position_of_the_stream(scene: Scene) -> None:
    stream = Stream("things", (THINGS,), Deletes.TOLD, ranges=True)
    source = ListedSource([things({"id": 1, "name": "a"})], stream)
    scene.sync(source)
    scene.sync(source, Wanted(since=scene.clock.now()))
    scene.sync(source)
    assert [asked.position for asked in source.asked] == [None, None, {"pages": 1}]


def test_a_stream_there_is_not_is_refused(scene: Scene) -> None:
    with pytest.raises(UsageError, match="there is no stream 'thongs'; there are things"):
        scene.sync(ListedSource([]), Wanted(("thongs",)))


@pytest.mark.parametrize("point", ["append", "delete", "commit"])
def test_a_commit_that_meets_another_is_done_again(warehouse: MemoryWarehouse, point: str) -> None:
    scene = Scene(warehouse)
    source = ListedSource([things({"id": 1, "name": "a"}), things({"id": 2, "name": "b"})])
    scene.sync(source)
    failed: list[str] = []

    def at(reached: str) -> None:
        if reached == point and not failed:
            failed.append(reached)
            raise WarehouseBusy("another was quicker")

    warehouse.at = at
    source.pages += [things({"id": 3, "name": "c"})]
    assert scene.sync(source).state == "success"
    assert failed
    assert scene.standing() == {1: "a", 2: "b", 3: "c"}


def test_a_commit_whose_answer_was_lost_is_not_done_twice(warehouse: MemoryWarehouse) -> None:
    scene = Scene(warehouse)
    source = ListedSource([things({"id": 1, "name": "a"})])
    failed: list[str] = []

    def at(reached: str) -> None:
        if reached == "committed" and not failed:
            failed.append(reached)
            raise WarehouseBusy("the connection was lost")

    warehouse.at = at
    assert scene.sync(source).state == "success"
    assert failed
    assert scene.standing() == {1: "a"}


class Died(BaseException):
    """The process is gone: nothing after it happens."""


@pytest.mark.long
@pytest.mark.parametrize("stream", [TOLD, LISTED], ids=["told", "listed"])
def test_a_process_that_dies_at_any_point_loses_and_repeats_nothing(stream: Stream) -> None:
    pages = [things({"id": n, "name": f"n{n}"}, {"id": n + 10, "name": "x"}) for n in range(1, 4)]
    changed = [*pages[:2], things({"id": 3, "name": "changed"}), Page(gone={"thing": [{"id": 11}]})]
    point, died = 0, True
    while died:
        point += 1
        warehouse = MemoryWarehouse()
        scene = Scene(warehouse)
        scene.sync(ListedSource(pages[:1], stream))
        left = point

        def at(reached: str) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Died(reached)

        warehouse.at = at
        try:
            scene.sync(ListedSource(changed, stream))
            died = False
        except Died:
            warehouse.at = lambda reached: None
            scene.sync(ListedSource(changed, stream))
        warehouse.at = lambda reached: None
        keys = [row["_key"] for row in scene.rows()]
        assert sorted(keys) == sorted({"1", "11", "2", "12", "3"})
        assert scene.standing() == {1: "n1", 2: "n2", 12: "x", 3: "changed"}
        warehouse.close()
    assert point > 20
