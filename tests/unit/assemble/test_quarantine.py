"""Held events through a project's own logs, steps, rules and command line."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from mainstem.assemble import features
from mainstem.assemble.feature import Feature
from mainstem.assemble.quarantine import Quarantine, open_quarantine
from mainstem.cli.quarantine import command
from mainstem.errors import UsageError
from mainstem.events import (
    Held,
    Quarantined,
    Received,
    Sending,
    Source,
    decode_received,
    encode_quarantined,
    encode_received,
)
from mainstem.load.run import Loader
from mainstem.load.settings import LoadSettings
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.replay import HeldEvent, Selection
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.assemble.feature import FeatureOf
    from mainstem.assemble.project import Project
    from mainstem.log import Stream

PROJECT = """
[project]
data_dir = "kept"
[[sources]]
id = "web"
name = "Website"
write_keys = ["A"]
"""
RULES = """
rules:
  - name: tacks are tracks
    match: {type: tack}
    actions: [type: track]
"""
AT = "2026-01-02T03:04:05.678Z"


def write(folder: Path, stream: Stream, partition: str, records: list[bytes]) -> None:
    async def run() -> None:
        log = open_writer(folder / "kept", stream, partition, LogSettings())
        await log.append(records)
        await log.close()

    asyncio.run(run())


def held(event: object, source: str = "web", reason: str = "event is not a valid rudder event") -> bytes:
    raw = msgspec.Raw(json.dumps(event).encode())
    return encode_quarantined(Quarantined(AT, "10.0.0.1", source, reason, raw))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mainstem.toml").write_text(PROJECT)
    (tmp_path / "quarantine").mkdir()
    (tmp_path / "quarantine" / "types.yml").write_text(RULES)
    write(
        tmp_path,
        "quarantine",
        "gateway-0",
        [held({"type": "tack", "userId": "u", "event": "Bought"}), held({"type": "nonsense"}), held("text")],
    )
    write(tmp_path, "quarantine", "gateway-1", [held({"type": "tack", "userId": "u"}, source="gone")])
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        command, [*arguments, "--project", str(folder)], catch_exceptions=False, standalone_mode=False
    )


def rows(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        run(folder, "list", "--stage", "gateway", "--json", *arguments).stdout
    )["rows"]
    return found


def replayed(folder: Path) -> list[dict[str, Any]]:
    reader = open_reader(folder / "kept", "events")
    if "replay-0" not in reader.partitions():
        return []
    records = reader.read("replay-0", reader.start("replay-0"), 10**6).records
    return [json.loads(bytes(decode_received(payload).event)) for _, payload in records]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[dict[str, Any], Sending], Any]], None]:
    """Gives every source a step of the test's own."""

    def add(step: Callable[[dict[str, Any], Sending], Any]) -> None:
        def open_feature(project: Project) -> FeatureOf:
            return lambda source: Feature(steps=(step,))

        monkeypatch.setattr(features, "FEATURES", (open_feature,))

    return add


def test_a_dry_run_shows_what_rules_would_change_and_writes_nothing(project: Path) -> None:
    shown = run(project, "replay", "--all", "--stage", "gateway", "--dry-run").stdout
    assert '  - type: "tack"\n  + type: "track"\n' in shown
    assert "→ would be replayed, mended by tacks are tracks" in shown
    assert "→ still held, mended by tacks are tracks: there is no source 'gone' in" in shown
    assert "1 event would be replayed, 3 still held" in shown
    assert replayed(project) == []
    assert len(rows(project)) == 4


def test_replay_sends_what_is_good_now_and_lists_the_rest_with_its_reason(project: Path) -> None:
    shown = run(project, "replay", "--source", "web", "--stage", "gateway").stdout
    assert shown.startswith("1 event replayed, 2 still held\n")
    assert replayed(project) == [{"type": "track", "userId": "u", "event": "Bought"}]
    assert sorted(str(row["event"]) for row in rows(project, "--source", "web")) == [
        "text",
        "{'type': 'nonsense'}",
    ]


def test_a_step_of_the_source_changes_or_keeps_back_what_is_replayed(
    project: Path, steps: Callable[[Callable[[dict[str, Any], Sending], Any]], None]
) -> None:
    def judge(event: dict[str, Any], sending: Sending) -> Held | None:
        event["userId"], sending.request_ip = "pseudonym", ""
        return Held("not in the plan") if event.get("event") == "Odd" else None

    steps(judge)
    write(project, "quarantine", "gateway-2", [held({"type": "track", "userId": "u", "event": "Odd"})])
    run(project, "replay", "--all", "--stage", "gateway")
    assert [event["userId"] for event in replayed(project)] == ["pseudonym"]
    [odd] = rows(project, "--reason", "not in the plan")
    assert odd["id"].startswith("gateway/gateway-2:")


def test_an_event_over_a_limit_of_shape_does_not_get_past_it_by_a_replay(project: Path) -> None:
    event = {
        "type": "track",
        "userId": "u",
        "event": "e",
        "properties": dict.fromkeys(map(str, range(10_001))),
    }
    write(project, "quarantine", "gateway-2", [held(event, reason="event has too many keys")])
    run(project, "replay", "--reason", "too many keys")
    assert replayed(project) == []
    assert [row["reason"] for row in rows(project, "--reason", "too many keys")] == [
        "event has too many keys"
    ]


def test_one_event_is_shown_with_what_was_done_about_it(project: Path) -> None:
    found = next(
        row for row in rows(project) if row["event"] == {"type": "tack", "userId": "u", "event": "Bought"}
    )
    run(project, "replay", found["id"])
    shown = run(project, "show", found["id"]).stdout
    assert "reason     event is not a valid rudder event" in shown
    assert "then       replayed at " in shown
    assert "mended by  tacks are tracks" in shown
    assert '"event": "Bought"' in shown


def test_a_dismissed_event_is_listed_no_more(project: Path) -> None:
    [one] = rows(project, "--source", "gone")
    assert run(project, "dismiss", one["id"]).stdout == "1 event dismissed\n"
    assert rows(project, "--source", "gone") == []
    with pytest.raises(UsageError, match="closed already"):
        run(project, "dismiss", one["id"])


@pytest.mark.parametrize("arguments", [["replay"], ["dismiss"]])
def test_without_a_selection_nothing_is_done(project: Path, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="say which events"):
        run(project, *arguments)


def test_an_id_that_is_none_is_told_with_an_example(project: Path) -> None:
    with pytest.raises(UsageError, match=r"such as gateway/gateway-0:4096"):
        run(project, "show", "12")


def test_a_rule_file_takes_the_place_of_the_projects_rules(project: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yml"
    mine.write_text(RULES.replace("type: track", "type: page").replace("tacks are tracks", "pages"))
    run(project, "replay", "--source", "web", "--stage", "gateway", "--rule", str(mine))
    assert [event["type"] for event in replayed(project)] == ["page"]


def test_list_groups_by_source_and_reason_and_says_that_the_loaders_are_missing(project: Path) -> None:
    done = run(project, "list")
    head, first, *_ = done.stdout.splitlines()
    assert head.split() == ["count", "source", "held", "by", "first", "last", "sample", "reason"]
    assert first.startswith("3      web     gateway  ")
    assert first.endswith("  event is not a valid rudder event")
    assert "the loader's quarantine is not shown" in done.stderr


def test_what_a_sender_wrote_does_not_steer_the_terminal(project: Path) -> None:
    write(project, "quarantine", "gateway-3", [held({"type": "\x1b[31mred"}, reason="\x1b]0;x\x07")])
    assert "\x1b" not in run(project, "list", "--stage", "gateway").stdout
    [one] = rows(project, "--reason", "]0;x")
    assert "\x1b" not in run(project, "show", one["id"]).stdout
    assert "\x1b[31mred" not in run(project, "replay", one["id"], "--dry-run").stdout


def test_a_data_folder_without_a_project_is_enough(project: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    arguments = ["--data-dir", str(project / "kept"), "--project", str(empty)]
    done = CliRunner().invoke(
        command, ["replay", "--all", "--rule", str(project / "quarantine" / "types.yml"), *arguments]
    )
    assert done.stdout.startswith("2 events replayed, 2 still held")
    assert "without a project there is no warehouse" in done.stderr


def test_a_second_replay_beside_a_running_one_is_refused(project: Path) -> None:
    async def hold() -> None:
        log = open_writer(project / "kept", "events", "replay-0", LogSettings())
        try:
            with open_quarantine(project, None) as quarantine:
                found = list(quarantine.held(Selection(source="web", stage="gateway")))
                with pytest.raises(Exception, match="another process writes"):
                    await asyncio.to_thread(quarantine.replay, found, quarantine.rules(None), lambda _: None)
        finally:
            await log.close()

    asyncio.run(hold())


class LoaderHeld(Quarantine):
    """A quarantine whose warehouse is in memory."""

    warehouse: MemoryWarehouse

    def _loader_held(self) -> Iterator[HeldEvent]:
        from mainstem.assemble.quarantine import _of_loader
        from mainstem.load.bookkeeping import read_quarantine

        return map(_of_loader, read_quarantine(self.warehouse))


def test_an_event_that_the_loader_held_back_is_mended_replayed_and_loaded_once(project: Path) -> None:
    event = {"type": "extract", "messageId": "m", "event": "Thing", "properties": {"a": 1}}
    record = Received(AT, "10.9.8.7", "web", msgspec.Raw(json.dumps(event).encode()))
    write(project, "events", "gateway-0", [encode_received(record)])
    warehouse = MemoryWarehouse()
    sources = [Source("web", "Website", ("A",))]
    loader = Loader(open_reader(project / "kept", "events"), warehouse, sources, LoadSettings())
    assert loader.run_once().quarantined == 1

    (project / "quarantine" / "types.yml").write_text(
        "rules:\n- name: with a record id\n  match: {type: extract}\n"
        "  actions: [{set: {path: recordId, value: r1}}]\n"
    )
    with open_quarantine(project, None) as opened:
        quarantine = LoaderHeld(opened.data_dir, opened.project)
        object.__setattr__(quarantine, "warehouse", warehouse)
        [one] = quarantine.held(Selection(stage="loader"))
        assert one.id.startswith("loader/gateway-0:")
        done: list[str] = []
        for _ in range(2):  # as after a kill before the resolution was written
            quarantine.replay([one], quarantine.rules(None), lambda decision: done.append(decision.action))
        assert done == ["replayed"] * 2
        report = loader.run_once()
        assert (report.rows, report.duplicates) == (1, 1)
        assert list(quarantine.held(Selection(stage="loader"))) == []
    [row] = warehouse.query("SELECT id, context_source_id FROM website.thing").to_pylist()
    assert row == {"id": "r1", "context_source_id": "web"}
    [kept] = [
        decode_received(payload)
        for _, payload in open_reader(project / "kept", "events").read("replay-0", 0, 1).records
    ][:1]
    assert kept.request_ip == "10.9.8.7"
    warehouse.close()
