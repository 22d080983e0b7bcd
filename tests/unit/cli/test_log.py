"""`mainstem log`, as a person and as a pipe meet it."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.events import Received, decode_received, encode_received, enriched
from mainstem.log import LogSettings, list_log, open_writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.long

RUN = [sys.executable, "-c", "from mainstem.cli import main; main()", "log"]


def record(name: str, **fields: Any) -> bytes:
    event = msgspec.json.encode({"type": "track", "event": name, "anonymousId": "anon", **fields})
    return encode_received(
        Received(
            received_at="2026-01-02T03:04:05.678Z",
            request_ip="127.0.0.1",
            source_id="web",
            event=msgspec.Raw(event),
            message_id=f"m-{name}",
        )
    )


def append(data_dir: Path, partition: str, records: Sequence[bytes]) -> list[int]:
    async def main() -> list[int]:
        writer = open_writer(data_dir, "events", partition, LogSettings(segment_bytes=600))
        offsets = [await writer.append([payload]) for payload in records]
        await writer.close()
        return offsets

    return asyncio.run(main())


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *map(str, arguments)], capture_output=True, text=True, check=False)


def names(lines: str) -> list[str]:
    return [json.loads(line)["event"] for line in lines.splitlines()]


def test_tail_prints_each_enriched_event_as_one_line_and_nothing_else(tmp_path: Path) -> None:
    payloads = [record("Signed\nUp", properties={"plan": "é"}), record("Left")]
    append(tmp_path, "gateway-0", payloads)
    done = run("tail", "--data-dir", tmp_path)
    expected = [enriched(decode_received(payload)) for payload in payloads]
    assert [json.loads(line) for line in done.stdout.splitlines()] == expected
    assert (done.returncode, done.stderr) == (0, "")


def test_partitions_are_printed_one_after_another_by_name(tmp_path: Path) -> None:
    append(tmp_path, "gateway-1", [record("c")])
    append(tmp_path, "gateway-0", [record("a"), record("b")])
    assert names(run("tail", "--data-dir", tmp_path).stdout) == ["a", "b", "c"]


def test_from_begins_at_a_record_of_the_only_partition(tmp_path: Path) -> None:
    offsets = append(tmp_path, "gateway-0", [record(name) for name in "abcdef"])
    assert names(run("tail", "--data-dir", tmp_path, "--from", str(offsets[3])).stdout) == ["d", "e", "f"]


def test_from_names_the_partition_where_there_are_several(tmp_path: Path) -> None:
    offsets = append(tmp_path, "gateway-0", [record("a"), record("b")])
    append(tmp_path, "gateway-1", [record("c")])
    begin = f"gateway-0:{offsets[1]}"
    assert names(run("tail", "--data-dir", tmp_path, "--from", begin).stdout) == ["b", "c"]
    bare = run("tail", "--data-dir", tmp_path, "--from", "0")
    assert bare.returncode == 2
    assert bare.stderr == (
        "mainstem: --from 0: write PARTITION:0; the partitions are: gateway-0, gateway-1\n"
    )


@pytest.mark.parametrize(
    ("begin", "problem"),
    [
        ("x", "an offset is a whole number"),
        ("-1", "an offset is a whole number"),
        ("gateway-7:0", "there is no log partition gateway-7"),
        ("33", "no record begins at offset 33"),
        ("99999", "offset 99999 of log partition gateway-0 is past its end"),
    ],
)
def test_a_wrong_from_is_one_clear_line(tmp_path: Path, begin: str, problem: str) -> None:
    append(tmp_path, "gateway-0", [record("a")])
    done = run("tail", "--data-dir", tmp_path, "--from", begin)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["tail", "list", "verify"])
def test_a_folder_without_a_log_is_named(tmp_path: Path, command: str) -> None:
    done = run(command, "--data-dir", tmp_path / "nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith(f"mainstem: there is no log in {tmp_path / 'nowhere'};")


def test_in_a_project_the_log_is_found_by_itself(tmp_path: Path) -> None:
    data_dir = tmp_path / "kept"
    append(data_dir, "gateway-0", [record("Signed Up")])
    (tmp_path / "mainstem.toml").write_text('[project]\ndata_dir = "kept"\n')
    assert names(run("tail", "--project", tmp_path).stdout) == ["Signed Up"]
    assert names(subprocess.check_output([*RUN, "tail"], cwd=tmp_path, text=True)) == ["Signed Up"]
    assert "gateway-0" in run("list", "--project", tmp_path).stdout
    assert run("verify", "--project", tmp_path).returncode == 0


def test_without_a_project_or_its_log_the_ways_to_name_one_are_told(tmp_path: Path) -> None:
    nowhere = run("tail", "--project", tmp_path)
    assert nowhere.returncode == 2
    assert "--data-dir DIR, or --gateway URL" in nowhere.stderr
    (tmp_path / "mainstem.toml").write_text("[project]\n")
    assert "there is no log in" in run("tail", "--project", tmp_path).stderr


def test_a_record_that_is_no_event_is_named_and_the_rest_is_printed(tmp_path: Path) -> None:
    broken = record("b").replace(b'"anon"', b'"\xff"')
    offsets = append(tmp_path, "gateway-0", [record("a"), broken, b"not json", record("d")])
    done = run("tail", "--data-dir", tmp_path)
    assert names(done.stdout) == ["a", "d"]
    assert done.returncode == 1
    assert [line.split(" this record")[0] for line in done.stderr.splitlines()] == [
        f"mainstem: gateway-0:{offset}:" for offset in offsets[1:3]
    ]


def test_follow_prints_what_is_appended_later_and_ctrl_c_ends_it_quietly(tmp_path: Path) -> None:
    append(tmp_path, "gateway-0", [record("a")])
    command = [*RUN, "tail", "--data-dir", str(tmp_path), "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        assert names(process.stdout.readline()) == ["a"]
        append(tmp_path, "gateway-0", [record("b")])
        append(tmp_path, "gateway-1", [record("c")])
        assert names(process.stdout.readline() + process.stdout.readline()) == ["b", "c"]
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_pipe_that_closes_ends_it_quietly(tmp_path: Path) -> None:
    append(tmp_path, "gateway-0", [record("x" * 500) for _ in range(500)])
    command = [*RUN, "tail", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def on_a_terminal(*arguments: str | Path) -> str:
    leader, follower = pty.openpty()
    try:
        subprocess.run([*RUN, *map(str, arguments)], stdout=follower, check=True)
        return os.read(leader, 1 << 16).decode()
    finally:
        os.close(leader)
        os.close(follower)


def test_on_a_terminal_each_event_is_a_short_line_that_steers_nothing(tmp_path: Path) -> None:
    (offset,) = append(tmp_path, "gateway-0", [record("\x1b[2JSigned Up", userId="u1")])
    shown = on_a_terminal("tail", "--data-dir", tmp_path)
    assert (
        shown == f"gateway-0:{offset}  2026-01-02T03:04:05.678Z  web  track  \ufffd[2JSigned Up  u1/anon\r\n"
    )


def test_on_a_terminal_json_is_printed_when_asked_for(tmp_path: Path) -> None:
    append(tmp_path, "gateway-0", [record("a")])
    assert names(on_a_terminal("tail", "--data-dir", tmp_path, "--json")) == ["a"]


def test_export_writes_the_same_lines_as_tail_and_leaves_nothing_else(tmp_path: Path) -> None:
    append(tmp_path / "data", "gateway-0", [record(name) for name in "abc"])
    file = tmp_path / "out" / "events.ndjson"
    file.parent.mkdir()
    done = run("export", "--data-dir", tmp_path / "data", file)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert file.read_text() == run("tail", "--data-dir", tmp_path / "data").stdout
    assert list(file.parent.iterdir()) == [file]


def test_export_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    append(tmp_path, "gateway-0", [record("a")])
    done = run("export", "--data-dir", tmp_path, tmp_path / "no" / "file")
    assert done.returncode == 2
    assert done.stderr == f"mainstem: cannot write {tmp_path / 'no' / 'file'}: No such file or directory\n"


def test_list_shows_segments_with_addresses_and_sizes(tmp_path: Path) -> None:
    append(tmp_path, "gateway-0", [record(name) for name in "abcdef"])
    table = run("list", "--data-dir", tmp_path).stdout.splitlines()
    assert table[0].split() == ["stream", "partition", "start", "end", "bytes", "file"]
    rows = [line.split() for line in table[1:]]
    assert len(rows) > 1
    assert [row[:2] for row in rows] == [["events", "gateway-0"]] * len(rows)
    assert [row[2] for row in rows[1:]] == [row[3] for row in rows[:-1]]
    reports = [json.loads(line) for line in run("list", "--data-dir", tmp_path, "--json").stdout.splitlines()]
    assert [str(report["end"]) for report in reports] == [row[3] for row in rows]


def test_verify_counts_records_and_fails_on_damage(tmp_path: Path) -> None:
    append(tmp_path, "gateway-0", [record("a"), record("b")])
    done = run("verify", "--data-dir", tmp_path)
    assert done.returncode == 0
    assert done.stdout.endswith(": 2 records\n")
    (file,) = tmp_path.glob("log/events/gateway-0/*.segment")
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"?")
    done = run("verify", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert "DAMAGED after 1 record" in done.stdout
    assert f"{file}, address" in done.stderr


def test_last_begins_so_many_events_before_the_end_of_each_partition(tmp_path: Path) -> None:
    offsets = append(tmp_path, "gateway-0", [record(name) for name in "abcdefgh"])
    append(tmp_path, "gateway-1", [record("x")])
    assert len(list_log(tmp_path)) > 2, "it has to look into several segments"

    def last(*arguments: str) -> list[str]:
        return names(run("tail", "--data-dir", tmp_path, *arguments).stdout)

    assert last("--last", "5") == [*"defgh", "x"]
    assert last("--last", "1") == ["h", "x"]
    assert last("--last", "99") == [*"abcdefgh", "x"]
    assert last("--last", "0") == []
    assert last("--last", "1", "--from", f"gateway-0:{offsets[5]}") == [*"fgh", "x"]


def test_following_from_the_end_shows_only_what_is_new(tmp_path: Path) -> None:
    append(tmp_path, "gateway-0", [record("old")])
    command = [*RUN, "tail", "--data-dir", str(tmp_path), "--follow", "--last", "0", "--from", "gateway-1:0"]
    append(tmp_path, "gateway-1", [record("marker")])
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        append(tmp_path, "gateway-0", [record("new")])
        second = process.stdout.readline()
        process.send_signal(signal.SIGINT)
    assert names(first + second) == ["marker", "new"]
