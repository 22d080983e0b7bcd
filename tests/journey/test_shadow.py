"""Shadow mode whole: SDKs → our gateway → another gateway, with the forwarder killed in between."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.events import decode_received
from mainstem.log import open_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

rudder = pytest.importorskip("rudderstack.analytics.client")
segment = pytest.importorskip("segment.analytics.client")
pytestmark = pytest.mark.long

PROJECT = """
[project]
data_dir = "kept"
[shadow]
longest_pause_s = 0.1
[[sources]]
id = "web"
name = "Website"
write_keys = ["WK"]
shadow_url = "{url}"
"""


def mainstem(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAINSTEM_")}
    command = [sys.executable, "-m", "mainstem", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=cwd, env=environment)


@contextmanager
def collecting(folder: Path, *arguments: str) -> Iterator[str]:
    with mainstem("collect", "--port", "0", *arguments, cwd=folder) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "listening on http://" in line, line + process.stderr.read()
        drain = threading.Thread(target=process.stderr.read)
        drain.start()
        try:
            yield line.rpartition(" ")[2].strip()
        finally:
            process.terminate()
            process.wait()
            drain.join()


def kept(data_dir: Path) -> list[tuple[str, str]]:
    """(message id, the event's bytes) of every event in a log, in order."""
    reader = open_reader(data_dir, "events")
    found = []
    for partition in reader.partitions():
        offset, end = reader.start(partition), reader.end(partition)
        while offset < end:
            batch = reader.read(partition, offset, 10**6)
            for _, payload in batch.records:
                event = bytes(decode_received(payload).event)
                found.append((json.loads(event)["messageId"], event.decode()))
            offset = batch.next_offset
    return found


def send_by_sdks(url: str) -> None:
    for module in (rudder, segment):
        told: list[Any] = []
        client = module.Client(
            "WK", host=url, on_error=lambda error, _, told=told: told.append(error), upload_interval=0.05
        )
        for n in range(150):
            client.track(f"u{n}", "Order Completed", {"n": n})
        client.flush()
        client.join()
        request = __import__(module.__name__.replace(".client", ".request"), fromlist=["_session"])
        request._session.close()
        assert told == []
    body = gzip.compress(b'{"userId":"u","messageId":"single","event":"Raw"}')
    raw = urllib.request.Request(f"{url}/v1/track?writeKey=WK", body, {"Content-Encoding": "gzip"})
    with urllib.request.urlopen(raw) as answer:
        assert answer.read() == b"ok"


def until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1500):
        if condition():
            return
        waiting.wait(0.02)
    pytest.fail("it never came true")


def status_of(project: Path) -> dict[str, Any]:
    said = subprocess.run(
        [sys.executable, "-m", "mainstem", "shadow", "status", "--json"],
        cwd=project, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def test_both_logs_hold_the_same_events_though_the_forwarder_was_killed(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    ours.mkdir()
    with collecting(theirs, "--data-dir", str(theirs), "--write-key", "WK") as their_url:
        (ours / "mainstem.toml").write_text(PROJECT.format(url=their_url))
        with collecting(ours) as our_url:
            with mainstem("shadow", "run", cwd=ours) as forwarder:
                send_by_sdks(our_url)
                until(lambda: len(kept(theirs)) > 0)
                forwarder.kill()
            send_by_sdks(our_url)
            sent = kept(ours / "kept")
            with mainstem("shadow", "run", cwd=ours) as forwarder:
                until(lambda: {id_ for id_, _ in kept(theirs)} == {id_ for id_, _ in sent})
                until(lambda: status_of(ours)["waiting"] == 0)  # it has heard of the last one too
                forwarder.terminate()
                assert forwarder.wait() == 0
        found = status_of(ours)
    assert set(kept(theirs)) == set(sent)
    assert (found["waiting"], found["refused"], found["skipped"], found["lag_seconds"]) == (0, {}, 0, None)
    assert found["forwarded"] >= 1
