from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mainstem.errors import TransformRejected
from mainstem.load.schema import PROVIDERS, EventMetadata, Options, Row, transform

DUCKLAKE = PROVIDERS["ducklake"]


def rows(
    message: dict[str, Any], options: Options | None = None, metadata: EventMetadata | None = None
) -> list[Row]:
    return transform(
        {"messageId": "m1", "receivedAt": "2026-01-02T03:04:05.678Z", **message},
        provider=DUCKLAKE,
        options=options or Options(),
        metadata=metadata,
    )


def test_a_track_event_has_its_properties_in_its_own_table_only() -> None:
    tracks, own = rows({"type": "track", "event": "Order Completed", "properties": {"total": 2.0}})
    assert (tracks.table, own.table) == ("tracks", "order_completed")
    assert "total" not in tracks.data
    assert own.data["total"] == 2
    assert own.columns["total"] == "int"
    assert own.data["event"] == "order_completed"
    assert own.data["event_text"] == "Order Completed"


def test_a_track_event_without_a_legal_name_stands_in_tracks() -> None:
    (only,) = rows({"type": "track", "event": "日本"})
    assert only.table == "tracks"


def test_every_row_has_the_load_time_among_its_columns() -> None:
    assert [row.columns["uuid_ts"] for row in rows({"type": "identify", "userId": "u"})] == ["datetime"] * 2


def test_an_unnamed_user_has_no_row_in_users() -> None:
    assert [row.table for row in rows({"type": "identify", "anonymousId": "a"})] == ["identifies"]


def test_of_traits_the_later_source_wins() -> None:
    message = {
        "type": "identify",
        "userId": "u",
        "userProperties": {"a": 1, "b": 1, "c": 1},
        "context": {"traits": {"b": 2, "c": 2}},
        "traits": {"c": 3},
    }
    identify = rows(message, Options(allow_users_context_traits=True))[0].data
    assert (identify["a"], identify["b"], identify["c"]) == (1, 2, 3)
    assert rows(message)[0].data["b"] == 1


@pytest.mark.parametrize("value", [None, "", [], [""], {}, [[]]])
def test_empty_values_leave_no_column(value: object) -> None:
    own = rows({"type": "track", "event": "e", "properties": {"x": value}})[1]
    assert "x" not in own.columns


def test_properties_cannot_reach_the_standard_columns() -> None:
    own = rows(
        {"type": "track", "event": "e", "properties": {"userId": "forged", "Timestamp": "x", "id": 7}}
    )[1]
    assert "user_id" not in own.data
    assert "timestamp" not in own.data
    assert own.data["id"] == "m1"


def test_a_text_spelled_out_by_an_sdk_is_joined_again_in_the_context_and_dropped_from_group_traits() -> None:
    spelled = {"0": "h", "1": "i"}
    (group,) = rows({"type": "group", "groupId": "g", "traits": spelled, "context": {"traits": spelled}})
    assert group.data["context_traits"] == "hi"
    assert "_0" not in group.data


def test_only_cloud_sources_stop_flattening_at_the_third_level() -> None:
    message = {"type": "track", "event": "e", "properties": {"a": {"b": {"c": {"d": {"e": 1}}}}}}
    assert rows(message)[1].data["a_b_c_d_e"] == 1
    assert rows(message, metadata=EventMetadata(source_category="cloud"))[1].data["a_b_c_d"] == '{"e":1}'


def test_json_paths_keep_what_they_name_whole() -> None:
    options = Options.of_config({"jsonPaths": "track.properties.cart, context.bag"})
    own = rows({"type": "track", "event": "e", "properties": {"cart": {"n": 1.0}}}, options)[1]
    assert own.data["cart"] == '{"n":1}'
    assert own.columns["cart"] == "json"


def test_an_event_may_ask_for_options_of_its_own() -> None:
    asked = {"DUCKLAKE": {"options": {"skipTracksTable": True}}}
    assert [row.table for row in rows({"type": "track", "event": "e", "integrations": asked})] == ["e"]


def test_what_the_pipeline_knows_stands_in_the_context_columns() -> None:
    known = EventMetadata(
        source_id="s", source_type="Python", destination_id="d", destination_type="DUCKLAKE"
    )
    data = rows({"type": "page", "context": "not an object"}, metadata=known)[0].data
    assert "context_source_id" not in data
    data = rows({"type": "page", "context": {"sourceId": "forged"}}, metadata=known)[0].data
    assert data["context_source_id"] == "s"
    assert data["context_destination_type"] == "DUCKLAKE"


def test_a_missing_id_and_moment_are_made_up_from_what_is_passed_in() -> None:
    (page,) = transform(
        {"type": "page", "receivedAt": 12},
        provider=DUCKLAKE,
        now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        new_id=lambda: "auto-1",
    )
    assert page.data["id"] == "auto-1"
    assert page.received_at == page.data["received_at"] == "2026-01-02T00:00:00.000Z"


def test_long_texts_are_text_on_redshift_alone() -> None:
    message = {"type": "track", "event": "e", "properties": {"long": "é" * 513, "emoji": "😀" * 257}}
    columns = transform(message, provider=PROVIDERS["redshift"])[1].columns
    assert (columns["long"], columns["emoji"]) == ("text", "text")
    assert rows(message)[1].columns["long"] == "string"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({}, 'Unknown event type: "undefined"'),
        ({"type": "Trace"}, 'Unknown event type: "trace"'),
        ({"type": "extract", "event": "e"}, "recordId cannot be empty for cloud sources events"),
        ({"type": "extract", "event": "日本", "recordId": 1}, "Table name cannot be empty."),
        (
            {"type": "extract", "event": "", "recordId": 1},
            "cannot create event table with empty event name, event name is missing in the payload",
        ),
        (
            {"type": "track", "event": "e", "properties": {f"p{n}": n for n in range(1600)}},
            "ducklake transformer: Too many columns outputted from the event",
        ),
    ],
)
def test_an_event_that_no_rule_places_is_rejected_in_rudderstacks_words(
    message: dict[str, Any], text: str
) -> None:
    with pytest.raises(TransformRejected) as rejected:
        rows(message)
    assert str(rejected.value) == text


def test_events_of_pipelines_may_have_any_number_of_columns() -> None:
    message = {
        "type": "track",
        "event": "e",
        "channel": "sources",
        "properties": {f"p{n}": n for n in range(1600)},
    }
    assert len(rows(message)[1].columns) > 1600


@pytest.mark.parametrize("user_id", [{"id": 7}, ["a"], [{}], {"id": {}}])
def test_an_object_or_an_array_names_no_user(user_id: object) -> None:
    (identify,) = rows({"type": "identify", "userId": user_id, "anonymousId": "a"})
    assert identify.table == "identifies"
    assert "user_id" not in identify.data


@pytest.mark.parametrize("key", ["9" * 5000, "0" * 5000])
def test_a_key_of_any_number_of_digits_is_a_name(key: str) -> None:
    traits = {key: "a"}
    (group,) = rows({"type": "group", "traits": traits, "context": {"traits": traits}})
    assert group.data[f"_{key}"[:127]] == "a"
    assert group.data[f"context_traits_{key}"[:127]] == "a"
