"""Taps that do what they should, and taps that do not: a program that follows a script, run for real."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.connectors.run import Wanted
from mainstem.errors import ConfigError, UsageError
from mainstem.supervise.state import born_at, is_alive
from mainstem.testing.runner import wait_until
from mainstem.testing.taps import TapScene, record, schema, state, stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TWO = [schema(), record(1, text="a"), record(2, text="b"), state(orders=2)]
DONE = state(orders=3)
FULL_TABLE = {"forced-replication-method": "FULL_TABLE"}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[TapScene]:
    with closing(TapScene(tmp_path)) as made:
        yield made


def test_rows_of_a_tap_stand_by_their_key_with_types_by_the_schema(scene: TapScene) -> None:
    lines = [{"sku": "x", "n": 1}]
    scene.does([schema(), record(1, price=3, at="2026-01-02T03:04:05.000000Z", lines=lines), state(orders=1)])
    assert scene.sync().state == "success"
    [row] = scene.rows()
    assert row["at"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (row["id"], row["price"], json.loads(row["lines"])) == (1, 3.0, lines)
    assert isinstance(row["price"], float)


def test_a_state_is_given_back_and_rows_that_come_again_replace_themselves(scene: TapScene) -> None:
    scene.does(TWO, [schema(), record(2, text="B"), record(3), DONE])
    scene.sync()
    assert scene.state() == {"bookmarks": {"orders": 2}}
    scene.sync()
    first, second = scene.called()
    assert "--state" not in first["files"]
    assert second["files"]["--state"] == {"bookmarks": {"orders": 2}}
    assert [(row["id"], row["text"]) for row in scene.rows()] == [(1, "a"), (2, "B"), (3, None)]


def test_a_full_run_gives_no_state(scene: TapScene) -> None:
    scene.does(TWO)
    scene.sync()
    scene.sync(Wanted(full=True))
    assert "--state" not in scene.called()[-1]["files"]


def test_a_state_is_kept_only_with_every_record_before_it(scene: TapScene) -> None:
    scene.does([*TWO, record(3), {"exit": 1}])
    scene.settings["rows_a_commit"] = 1
    scene.sync(rows_a_commit=1)
    assert scene.ids() == [1, 2, 3]
    assert scene.state() == {"bookmarks": {"orders": 2}}


def test_a_tap_without_states_is_committed_on_the_way(scene: TapScene) -> None:
    scene.does([schema(), {"rows": 7000, "stream": "orders"}, {"exit": 1}])
    assert scene.sync(rows_a_commit=1000).state == "failed"
    assert len(scene.ids()) >= 5000
    assert scene.state() is None


@pytest.mark.parametrize(("helped", "taken"), [("--catalog", "--catalog"), ("--properties", "--properties")])
def test_the_only_way_that_a_tap_takes_its_catalog_is_used(scene: TapScene, helped: str, taken: str) -> None:
    scene.helps(f"usage: tap {helped} FILE")
    scene.does([{"wants": taken}, *TWO])
    assert scene.sync().state == "success"
    assert [call["flag"] for call in scene.called()] == [taken]


def test_of_two_ways_the_one_that_brings_rows_is_found_out_once(scene: TapScene) -> None:
    """With the wrong one it ends well and says nothing, as tap-salesforce does."""
    scene.does([{"wants": "--properties"}, *TWO])
    assert scene.sync().state == "success"
    assert scene.sync().state == "success"
    assert [call["flag"] for call in scene.called()] == ["--catalog", "--properties", "--properties"]
    assert scene.ids() == [1, 2]


def test_schemas_alone_do_not_prove_a_way(scene: TapScene) -> None:
    """With the wrong one tap-jira sends every schema, a state, and no record."""
    scene.does([schema(), state(nothing=True)], TWO)
    assert scene.sync().state == "success"
    assert scene.ids() == [1, 2]
    assert scene.state() == {"bookmarks": {"orders": 2}}


def test_a_way_that_a_tap_trips_over_is_not_the_only_one(scene: TapScene) -> None:
    """tap-marketo takes its catalog apart as if it came by `--properties`."""
    scene.does([{"exit": 1}], TWO)
    assert scene.sync().state == "success"
    assert scene.ids() == [1, 2]


def test_a_tap_that_fails_by_either_way_tells_of_both(scene: TapScene) -> None:
    scene.does([{"say": "no such key"}, {"exit": 1}], [{"say": "401"}, {"exit": 1}])
    problem = scene.problem()
    assert "with --catalog: the tap ended with status 1, having said: no such key" in problem
    assert "with --properties: the tap ended with status 1, having said: 401" in problem


def test_a_stream_without_rows_is_a_success(scene: TapScene) -> None:
    scene.does([schema(), state(orders=0)])
    assert scene.sync().state == "success"
    assert scene.state() == {"bookmarks": {"orders": 0}}


def test_a_selected_stream_without_a_schema_fails_and_is_named(scene: TapScene) -> None:
    scene.does([{"say": "INFO orders: skipped"}])
    assert "sent no SCHEMA for orders" in scene.problem()


def test_of_streams_read_together_the_one_without_a_schema_is_named(scene: TapScene) -> None:
    scene.discovers(stream(), stream("items"))
    scene.settings["together"] = [["orders", "items"]]
    scene.does(TWO)
    assert "sent no SCHEMA for items" in scene.problem()
    assert scene.rows("items") == []


def test_streams_are_read_by_a_run_each_and_fail_alone(scene: TapScene) -> None:
    scene.discovers(stream(), stream("items"))
    scene.does(TWO, [{"exit": 3}])
    scene.settings["without"] = []
    result = scene.sync()
    assert result.state == "partial"
    assert {one.stream: one.state for one in result.streams} == {"orders": "success", "items": "failed"}
    assert selected(scene.called()[0]) == {"orders"}
    assert selected(scene.called()[-1]) == {"items"}


def test_children_are_read_with_their_parent(scene: TapScene) -> None:
    scene.discovers(stream(), stream("items", root={"parent-tap-stream-id": "orders"}))
    scene.does([schema(), schema("items"), record(1), record(7, "items"), DONE])
    assert [one.stream for one in scene.sync().streams] == ["orders"]
    assert (scene.ids(), scene.ids("items")) == ([1], [7])
    assert selected(scene.called()[0]) == {"orders", "items"}


def test_a_list_of_streams_read_together_leaves_other_children_out(scene: TapScene) -> None:
    scene.discovers(stream(), *(stream(name, root={"parent-tap-stream-id": "orders"}) for name in ("a", "b")))
    scene.settings["together"] = [["orders", "b"]]
    scene.does([schema(), schema("b"), record(1), DONE])
    assert scene.sync().state == "success"
    assert selected(scene.called()[0]) == {"orders", "b"}


def test_fields_are_selected_and_others_are_not_landed_though_the_tap_sends_them(scene: TapScene) -> None:
    scene.settings |= {"without_fields": {"orders": ["text"]}}
    scene.does(TWO)
    scene.sync()
    assert "text" not in scene.warehouse.columns("things")["orders"]
    [entry] = scene.called()[0]["files"]["--catalog"]["streams"]
    assert entry["schema"]["properties"]["text"]["selected"] is False
    assert {tuple(one["breadcrumb"]): one["metadata"]["selected"] for one in entry["metadata"]} == {
        (): True,
        ("properties", "id"): True,
        ("properties", "text"): False,
        ("properties", "price"): True,
        ("properties", "at"): True,
        ("properties", "lines"): True,
    }


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"fields": {"orders": ["nam"]}}, "fields: orders has no field 'nam' (valid: at, id, lines"),
        ({"without_fields": {"orders": ["id"]}}, "without_fields: orders always has 'id'"),
        ({"fields": {"order": ["id"]}}, "fields: the tap has no stream 'order' (valid: orders)"),
        ({"together": [["orders", "x"]]}, "together: the tap has no stream 'x'"),
        ({"keep": ["x"]}, "keep: the tap has no stream 'x'"),
        ({"executable": "no-such-tap"}, "there is no program 'no-such-tap'"),
        ({"executable": ""}, "names no tap"),
        ({"base_url": "https://acme.example"}, "base_url: a tap asks its service itself"),
        ({"config": {"token": "a"}, "secrets": {"token": "b"}}, "secrets: token stands in config too"),
        ({"catalog": "none.json"}, "catalog: cannot read"),
    ],
)
def test_settings_that_do_not_fit_say_where(scene: TapScene, settings: dict[str, Any], said: str) -> None:
    scene.settings |= settings
    with pytest.raises(ConfigError) as e:
        scene.sync()
    assert said in str(e.value)
    assert str(e.value).startswith("[connectors.things]")


def test_the_one_key_that_a_tap_lets_choose_is_chosen(scene: TapScene) -> None:
    """tap-salesforce reads everything each time else."""
    scene.discovers(stream(root={"valid-replication-keys": ["at"]}))
    scene.does(TWO)
    scene.sync()
    [entry] = scene.called()[0]["files"]["--catalog"]["streams"]
    root = entry["metadata"][0]["metadata"]
    assert (root["replication-key"], root["replication-method"]) == ("at", "INCREMENTAL")


def test_metadata_of_the_settings_wins(scene: TapScene) -> None:
    scene.discovers(stream(root={"valid-replication-keys": ["at"]}))
    scene.settings["metadata"] = {"orders": {"replication-method": "FULL_TABLE"}}
    scene.does(TWO, [schema(), record(1)])
    scene.sync()
    scene.sync()
    assert scene.ids() == [1]
    assert (
        "replication-key"
        not in scene.called()[0]["files"]["--catalog"]["streams"][0]["metadata"][0]["metadata"]
    )


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"raw": "Reading orders …\n"}], "line 1 of the tap's output is no Singer message: "),
        ([{"raw": '{"type": "RECORD", "stream": "orders"}\n'}], "line 1 of the tap's output is no Singer"),
        ([schema(), {"raw": '{"type": "NEWS"}\n'}], "line 2 of the tap's output is no Singer message: "),
        ([schema(), {"raw": '{"type": "RECORD", "stream": "orders", "record": {"id": NaN}}\n'}], "line 2 of"),
        ([schema(), {"raw": '{"type": "STATE", "va'}], "line 2 of the tap's output is no Singer message"),
        ([record(1)], "a RECORD of orders before its SCHEMA"),
        ([schema(), record(1) | {"record": {"text": "x"}}], "a record of orders lacks id, of its key (id)"),
        ([schema(), {"type": "BATCH", "stream": "orders"}], "sends BATCH for orders, which is not read"),
        ([schema(), record(1), {"type": "ACTIVATE_VERSION", "stream": "orders", "version": 1}],
         "behind records of it without a version"),
        ([schema(), {"say": "CRITICAL 401"}, {"exit": 1}],
         "ended with status 1, having said: CRITICAL 401; its log is "),
        ([schema(), {"raw": '{"type": "RECORD", "stream": "orders", "record": {"text": "' + "x" * 90_000}],
         "a message longer than 50,000 bytes"),
    ],
)  # fmt: skip
def test_a_tap_that_breaks_the_protocol_fails_with_what_it_did(
    scene: TapScene, steps: list[dict[str, Any]], said: str
) -> None:
    scene.settings["longest_message_mb"] = 0.05
    scene.does(steps)
    assert said in scene.problem()


def test_a_tap_that_says_nothing_for_too_long_is_ended(scene: TapScene) -> None:
    scene.does([schema(), {"hang": True}])
    scene.settings |= {"catalog": "program/catalog.json", "quiet_minutes": 0.01}
    assert "the tap said nothing for 0.01 minutes and was ended" in scene.problem()


def test_nothing_that_a_tap_started_is_left(scene: TapScene) -> None:
    scene.does([{"child": True}, *TWO])
    assert scene.sync().state == "success"
    child = int((scene.tap / "child.pid").read_text())
    wait_until(lambda: not is_alive(child, born_at(child)), "the tap's child is gone")


def test_what_a_tap_says_is_kept_without_secrets(scene: TapScene) -> None:
    scene.settings["secrets"] = {"api_token": "s3cr3t-token"}
    scene.does(
        [{"say": "GET /orders?key=s3cr3t-token"}, *TWO, {"say": "the token s3cr3t-token ended"}, {"exit": 1}]
    )
    assert "the token *** ended" in scene.problem()
    log = scene.folder / "own" / "logs" / "orders.log"
    assert log.read_text().splitlines()[0] == "GET /orders?key=***"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_calls_are_counted_as_the_tap_tells_of_them(scene: TapScene) -> None:
    metric = 'INFO METRIC: {"type": "timer", "metric": "http_request_duration", "value": 0.1, "tags": {}}'
    scene.does([{"say": metric}, {"say": metric}, *TWO])
    [result] = scene.sync().streams
    assert result.calls == 2
    assert result.bytes > 100


def test_the_config_is_for_our_eyes_and_holds_settings_and_secrets(scene: TapScene) -> None:
    scene.settings |= {"config": {"account": "acme", "pages": 3}, "secrets": {"token": "s3cr3t-token"}}
    scene.does(TWO)
    scene.sync()
    [call] = scene.called()
    config = {"start_date": "2000-01-01T00:00:00Z", "account": "acme", "pages": 3, "token": "s3cr3t-token"}
    assert call["files"]["--config"] == config
    assert stat.S_IMODE((scene.folder / "own" / "config.json").stat().st_mode) == 0o600
    assert call["cwd"] == str(scene.folder)


def test_a_tap_is_given_no_variables_but_its_own(scene: TapScene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTEM_WAREHOUSE_PASSWORD", "ours")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    scene.settings["environment"] = {"TAP_LEVEL": "debug"}
    scene.does(TWO)
    scene.sync()
    environment = scene.called()[0]["environment"]
    assert "MAINSTEM_WAREHOUSE_PASSWORD" not in environment
    assert environment["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert environment["TAP_LEVEL"] == "debug"


def test_a_token_that_a_tap_changed_is_kept_until_another_is_given(scene: TapScene) -> None:
    scene.helps("--catalog")
    rotated = {"config": {"refresh_token": "rotated-once", "access_token": "new-access-token"}}
    scene.settings["secrets"] = {"refresh_token": "given-first"}
    scene.does([rotated, *TWO, {"exit": 1}], [{"say": "it is rotated-once"}, {"exit": 1}])
    scene.sync()
    assert "it is ***" in scene.problem()
    kept = scene.called()[1]["files"]["--config"]
    assert (kept["refresh_token"], kept["access_token"]) == ("rotated-once", "new-access-token")
    scene.settings["secrets"] = {"refresh_token": "given-second"}
    scene.sync()
    assert scene.called()[2]["files"]["--config"]["refresh_token"] == "given-second"


def test_a_config_that_a_tap_left_half_written_is_told(scene: TapScene) -> None:
    scene.does(TWO)
    scene.sync()
    (scene.folder / "own" / "config.json").write_text('{"refresh_tok')
    assert "config.json is no JSON any more: a tap was ended while it wrote there" in scene.problem()


def test_rows_of_an_old_version_are_marked_at_the_end(scene: TapScene) -> None:
    def versioned(version: int, *ids: int) -> list[dict[str, Any]]:
        rows = [record(one, version=version) for one in ids]
        return [schema(), *rows, {"type": "ACTIVATE_VERSION", "stream": "orders", "version": version}, DONE]

    scene.does(versioned(1, 1, 2, 3), versioned(2, 1, 3))
    scene.sync()
    assert scene.ids() == [1, 2, 3]
    result = scene.sync()
    assert result.streams[0].deleted == 1
    assert (scene.ids(), scene.ids(deleted=True)) == ([1, 3], [2])


def test_a_version_that_was_activated_before_a_crash_counts_after_it(scene: TapScene) -> None:
    activate = {"type": "ACTIVATE_VERSION", "stream": "orders", "version": 2}
    scene.does(
        [schema(), record(1, version=1), record(2, version=1), DONE],
        [schema(), activate, record(1, version=2), state(orders=9), record(5, version=2), {"exit": 1}],
        [schema(), record(5, version=2), DONE],
    )
    scene.settings["rows_a_commit"] = 1
    scene.sync(rows_a_commit=1)
    assert scene.sync(rows_a_commit=1).state == "failed"
    assert scene.ids() == [1, 2, 5]
    assert scene.sync().state == "success"
    assert (scene.ids(), scene.ids(deleted=True)) == ([1, 5], [2])


def test_rows_of_a_table_read_whole_are_marked_when_two_readings_lack_them(scene: TapScene) -> None:
    scene.discovers(stream(root=FULL_TABLE))
    scene.does([schema(), record(1), record(2)], [schema(), record(1)])
    scene.sync()
    scene.sync()
    assert (scene.ids(), scene.ids(deleted=True)) == ([1], [2])
    assert len(scene.called()) == 3


def test_rows_that_are_to_stay_stay(scene: TapScene) -> None:
    scene.discovers(stream(root=FULL_TABLE))
    scene.settings["keep"] = ["orders"]
    scene.does([schema(), record(1), record(2)], [schema(), record(1)])
    scene.sync()
    scene.sync()
    assert scene.ids() == [1, 2]


def test_a_new_field_is_a_column_of_the_type_that_its_schema_says(scene: TapScene) -> None:
    score = {"score": {"type": ["null", "number"]}}
    scene.does(
        [schema(), record(1), DONE], [schema(more=score), record(2, score=4), record(3, score=4.5), DONE]
    )
    scene.sync()
    scene.sync()
    assert [row["score"] for row in scene.rows()] == [None, 4.0, 4.5]
    assert ("orders", "new_column", "orders.score", "float") in scene.ledger.changes


def test_a_value_that_its_schema_does_not_allow_is_landed_beside(scene: TapScene) -> None:
    scene.does([schema(), record(1, price=1.5), record(2, price="free"), DONE])
    scene.sync()
    assert [(row["price"], row["price__v_string"]) for row in scene.rows()] == [(1.5, None), (None, "free")]


def test_rows_without_a_key_are_told_apart_by_all_they_hold(scene: TapScene) -> None:
    scene.discovers(stream(keys=()))
    scene.does([schema(keys=()), record(1, text="a"), record(1, text="b"), record(1, text="b"), DONE])
    scene.sync()
    scene.sync()
    assert sorted(row["text"] for row in scene.rows()) == ["a", "b"]


def test_a_key_of_the_settings_wins(scene: TapScene) -> None:
    scene.settings["keys"] = {"orders": ["id", "text"]}
    scene.does([schema(), record(1, text="a"), record(1, text="b"), DONE])
    scene.sync()
    assert [row["text"] for row in scene.rows()] == ["a", "b"]


def test_a_key_that_changes_is_told_and_nothing_is_landed(scene: TapScene) -> None:
    scene.does(TWO, [schema(keys=("id", "text")), record(1, text="z"), DONE])
    scene.sync()
    assert "now tells rows of orders apart by id, text, and did by id" in scene.problem()
    assert [row["text"] for row in scene.rows()] == ["a", "b"]


def test_streams_of_one_name_have_tables_by_their_ids(scene: TapScene) -> None:
    scene.discovers(*(stream() | {"tap_stream_id": f"{one}-Orders"} for one in ("eu", "us")))
    scene.does(TWO)
    assert scene.sync().state == "success"
    assert scene.ids("eu_orders") == scene.ids("us_orders") == [1, 2]


def test_the_catalog_is_kept_for_a_day_and_check_finds_it_anew(scene: TapScene) -> None:
    scene.does(TWO)
    scene.sync()
    scene.discovers(stream(), stream("items"))
    assert len(scene.sync().streams) == 1
    with closing(scene.opened()) as connector:
        findings = connector.check()
    assert [(one.what, one.is_good) for one in findings] == [
        ("tap", True),
        ("discovery", True),
        ("catalog", True),
    ]
    assert findings[1].detail == "2 streams, of which 2 are read"
    assert findings[2].detail == "goes by --catalog"
    scene.discovers(stream())
    assert len(scene.sync().streams) == 2
    scene.clock.advance(25 * 3600)
    assert len(scene.sync().streams) == 1


def test_check_says_which_streams_there_are_not(scene: TapScene) -> None:
    scene.settings["streams"] = ["order"]
    with closing(scene.opened()) as connector:
        bad = [one for one in connector.check() if not one.is_good]
    assert [(one.what, one.detail) for one in bad] == [("stream order", "there is none; there are orders")]


def test_a_tap_that_cannot_discover_says_why(scene: TapScene) -> None:
    (scene.tap / "catalog.json").write_text("no such option")
    with closing(scene.opened()) as connector:
        bad = [one for one in connector.check() if not one.is_good]
    assert bad[0].what == "discovery"
    assert "is no Singer catalog" in bad[0].detail


def test_one_process_at_a_time_is_at_work_with_a_tap(scene: TapScene) -> None:
    with closing(scene.opened()) as connector:
        connector.streams()
        with pytest.raises(UsageError, match=f"process {os.getpid()} is at work with the tap of things"):
            scene.sync()


def test_a_tap_that_outlived_its_sync_is_ended_before_another_begins(scene: TapScene) -> None:
    program = (
        "import pathlib, subprocess, sys, time\n"
        "from mainstem.connectors.singer.turn import Turn\n"
        f"turn = Turn(pathlib.Path({str(scene.folder / 'own')!r}), 'things')\n"
        "lock = turn.take()\n"
        "tap = subprocess.Popen(['sleep', '600'], pass_fds=(lock,), start_new_session=True)\n"
        "turn.started(tap.pid)\n"
        "print(tap.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    (scene.folder / "own").mkdir()
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        tap = int(process.stdout.readline())
        born = born_at(tap)
        process.kill()
    assert is_alive(tap, born)
    scene.does(TWO)
    assert scene.sync().state == "success"
    wait_until(lambda: not is_alive(tap, born), "the tap of before is gone")


def selected(call: dict[str, Any]) -> set[str]:
    catalog = call["files"].get("--catalog") or call["files"]["--properties"]
    return {
        entry["tap_stream_id"]
        for entry in catalog["streams"]
        for one in entry["metadata"]
        if not one["breadcrumb"] and one["metadata"]["selected"]
    }
