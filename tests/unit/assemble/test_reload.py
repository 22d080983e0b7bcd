from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.collect import CollectOptions, Gateway, plan_gateway
from mainstem.assemble.load import changed_sources
from mainstem.assemble.logs import RECOVERED
from mainstem.assemble.project import open_project
from mainstem.assemble.reload import Reading, changes, needs_restart, reloading
from mainstem.assemble.watch import FileWatch, LiveProject
from mainstem.collect import CollectSettings, Request, SourceTable, compile_plainly, serve
from mainstem.collect.counts_file import counts_folder, read_all_counts
from mainstem.collect.replies import Reply
from mainstem.config import read_config
from mainstem.errors import ConfigError, Place
from mainstem.events import Source
from mainstem.testing.gateway import RecordingLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from mainstem.collect import Parts
    from mainstem.config import Config

WEB = '[[sources]]\nid = "web"\nname = "Website"\nwrite_keys = ["A"]\n'
APP = '[[sources]]\nid = "app"\nname = "App"\nwrite_keys = ["B"]\n'


def asked(key: str) -> Request:
    query = f"writeKey={key}".encode()
    return Request(b"POST", b"/v1/track", query, {}, b'{"userId":"u"}', "192.0.2.1", "T")


class Bench:
    """A gateway in this process, whose settings a test edits."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, plan: Path | None = None) -> None:
        self.patch = patch
        self.looks = 0
        self.file = folder / "mainstem.toml"
        self.file.write_text(WEB)
        self.plan = plan
        self.reads = 0
        self.readers: list[int] = []
        self.fault: Exception | None = None
        self.parts: Parts | None = None

    def read(self, served: SourceTable | None = None) -> Reading:
        self.reads += 1
        self.readers.append(threading.get_ident())
        if self.fault is not None:
            raise self.fault
        config = read_config(self.file, {})
        if self.plan is not None and self.plan.exists() and "wrong" in self.plan.read_text():
            raise ConfigError(Place(self.plan, 1), "a plan that is wrong")
        files = {self.file} if self.plan is None else {self.file, self.plan}
        sources = config.tables("sources", Source)
        return Reading(config, SourceTable(sources, compile_plainly, served), frozenset(files))

    def write(self, text: str) -> None:
        """As editors do: beside, then over it."""
        beside = self.file.with_suffix(".new")
        beside.write_text(text)
        beside.replace(self.file)

    def status(self, key: str) -> int:
        assert self.parts is not None
        outcome = self.parts.handler.handle(asked(key))
        return outcome.status if isinstance(outcome, Reply) else 200

    def health(self) -> dict[str, object]:
        assert self.parts is not None
        found: dict[str, object] = json.loads(self.parts.health().body)
        return found

    def run(self, check: Callable[[Bench], object]) -> None:
        """Serve, and call `check` on a thread meanwhile."""
        first = self.read()
        watched = FileWatch.changed

        def counted(watch: FileWatch, files: Iterable[Path]) -> list[Path]:
            self.looks += 1
            return watched(watch, files)

        self.patch.setattr(FileWatch, "changed", counted)
        companion = reloading(first, self.read, every=0.005)

        async def main() -> None:
            stop, ready = asyncio.Event(), asyncio.Event()

            def beside(parts: Parts) -> AbstractAsyncContextManager[None]:
                self.parts = parts
                return companion(parts)

            server = asyncio.create_task(
                serve(
                    CollectSettings(port=0),
                    first.table,
                    RecordingLog(),
                    RecordingLog(),
                    ready=lambda _: ready.set(),
                    stop=stop,
                    companions=(beside,),
                )
            )
            await ready.wait()
            await asyncio.to_thread(check, self)
            stop.set()
            await server

        asyncio.run(main())

    def until(self, true: Callable[[], bool]) -> None:
        """Waits for what a look brings; the run's own time limit ends a wait in vain."""
        while not true():
            threading.Event().wait(0.005)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def test_a_source_that_is_added_is_served_and_one_that_is_removed_is_not(bench: Bench) -> None:
    def check(bench: Bench) -> None:
        assert (bench.status("A"), bench.status("B")) == (200, 401)
        bench.write(WEB + APP)
        bench.until(lambda: bench.status("B") == 200)
        bench.write(APP)
        bench.until(lambda: bench.status("A") == 401)
        assert bench.status("B") == 200

    bench.run(check)


def test_a_rotated_key_works_beside_the_old_one_until_that_is_removed(bench: Bench) -> None:
    def check(bench: Bench) -> None:
        bench.write(WEB.replace('["A"]', '["A", "A2"]'))
        bench.until(lambda: bench.status("A2") == 200)
        assert bench.status("A") == 200
        bench.write(WEB.replace('["A"]', '["A2"]'))
        bench.until(lambda: bench.status("A") == 401)
        assert bench.status("A2") == 200

    bench.run(check)


def test_counts_go_on_through_a_reload(bench: Bench) -> None:
    def check(bench: Bench) -> None:
        assert bench.status("A") == 200
        bench.write(WEB.replace("Website", "Site") + APP)
        bench.until(lambda: bench.status("B") == 200)
        assert bench.status("A") == 200
        assert bench.parts is not None
        assert {entry.id: entry.counts.requests for entry in bench.parts.handler.sources.compiled} == {
            "web": 2,
            "app": 1,
        }

    bench.run(check)


def test_settings_that_do_not_check_change_nothing_and_health_says_where(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def check(bench: Bench) -> None:
        bench.write(WEB + APP + "nonsense = 1\n")
        bench.until(lambda: "configError" in bench.health())
        assert bench.health()["configError"] == "mainstem.toml:9"
        assert (bench.status("A"), bench.status("B")) == (200, 401)
        bench.write(WEB + APP)
        bench.until(lambda: "configError" not in bench.health())
        assert bench.status("B") == 200

    with caplog.at_level(logging.INFO, "mainstem.collect"):
        bench.run(check)
    told = [r.message for r in caplog.records if r.levelno == logging.ERROR]
    assert len(told) == 1, "the same mistake is told once"
    (mended,) = [r for r in caplog.records if r.message == "the settings check again"]
    assert vars(mended)["fields"] == {RECOVERED: True}, "which `mainstem up` shows as it showed the error"
    assert f"{bench.file}:9: [[sources]] has no setting 'nonsense'" in told[0]


def test_a_file_that_a_feature_reads_is_followed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    plan = tmp_path / "plan.yml"
    bench = Bench(tmp_path, monkeypatch, plan)

    def check(bench: Bench) -> None:
        plan.write_text("wrong")
        bench.until(lambda: bench.health().get("configError") == "plan.yml:1")
        plan.write_text("mended")
        bench.until(lambda: "configError" not in bench.health())

    with caplog.at_level(logging.INFO, "mainstem.collect"):
        bench.run(check)
    assert any("read again: plan.yml" in record.message for record in caplog.records)


def test_a_fault_of_ours_in_reading_costs_the_gateway_nothing(bench: Bench) -> None:
    def check(bench: Bench) -> None:
        bench.fault = ZeroDivisionError("no")
        bench.write(WEB + APP)
        bench.until(lambda: "configError" in bench.health())
        assert bench.status("A") == 200
        bench.fault = None
        bench.write(WEB + APP + "\n")
        bench.until(lambda: bench.status("B") == 200)
        assert "configError" not in bench.health()

    bench.run(check)


def test_nothing_is_read_again_while_nothing_changes(bench: Bench) -> None:
    def check(bench: Bench) -> None:
        looks = bench.looks
        bench.until(lambda: bench.looks > looks + 3)
        assert bench.reads == 2, "once at the start, once when the watch began"

    bench.run(check)


def test_requests_do_not_wait_for_settings_to_be_read(bench: Bench) -> None:
    loop = threading.get_ident()

    def check(bench: Bench) -> None:
        bench.write(WEB + APP)
        bench.until(lambda: bench.status("B") == 200)
        at_start, *later = bench.readers
        assert at_start == loop
        assert later
        assert loop not in later

    bench.run(check)


def test_what_changed_is_told_without_any_key() -> None:
    before = (
        Source("web", "Website", ("SECRET1", "SECRET2"), origins=("https://a.example",)),
        Source("old", "Old", ("SECRET3",)),
        Source("same", "Same", ("SECRET4",)),
    )
    after = (
        Source("web", "Website", ("SECRET2", "SECRET5", "SECRET6"), enabled=False),
        Source("same", "Same", ("SECRET4",)),
        Source("new", "New", ("SECRET7",)),
    )
    told = changes(before, after)
    assert told == (
        "added new",
        "removed old",
        "web changed (2 write keys added, 1 write key removed, enabled, origins)",
    )
    assert changes(after, after) == ()


def test_settings_that_need_a_restart_are_named(tmp_path: Path) -> None:
    def config(text: str) -> Config:
        file = tmp_path / "mainstem.toml"
        file.write_text(text)
        return read_config(file, {})

    old = config("[collect]\nport = 1\n[log]\n")
    assert needs_restart(old, config("[collect]\nport = 2\nstrict = true\n[load]\nthreads = 3\n")) == (
        "collect.port",
        "collect.strict",
    )
    assert needs_restart(old, config(WEB + "[collect]\nport = 1\n")) == ()
    followed = '[collect]\nport = 1\nflag_bots = true\n[tracking]\nwatch = ["*"]\n'
    assert needs_restart(old, config(followed)) == ()
    assert needs_restart(old, config(followed + "facts = false\n")) == ("tracking.facts",)
    with pytest.raises(ConfigError, match=r"mainstem\.toml:2: .*collect\.port"):
        needs_restart(old, config('[collect]\nport = "x"\n'))


def test_a_watch_notices_a_change_a_new_file_and_one_that_goes(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.write_text("a")
    watch = FileWatch()
    assert watch.changed([one, two]) == [one, two], "what was never looked at"
    assert watch.changed([one, two]) == []
    two.write_text("b")
    assert watch.changed([one, two]) == [two]
    one.unlink()
    assert watch.changed([one, two]) == [one]
    assert watch.changed([tmp_path]) == [tmp_path]
    (tmp_path / "3").write_text("in a folder")
    assert watch.changed([tmp_path]) == [tmp_path]


def test_the_loader_learns_new_sources_and_keeps_the_old_ones_while_the_file_is_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "mainstem.toml"
    file.write_text(WEB)
    live = LiveProject(open_project(tmp_path))
    assert changed_sources(live) is not None, "the first look reads in any case"
    assert changed_sources(live) is None
    file.write_text(WEB + APP + "nonsense = 1\n")
    assert changed_sources(live) is None
    assert live.problem is not None
    assert "mainstem.toml:9" in live.problem
    assert [source.id for source in live.sources] == ["web"]
    with caplog.at_level(logging.WARNING, "mainstem.load"):
        file.write_text(WEB.replace("Website", "Shop") + APP)
        found = changed_sources(live)
    assert found is not None
    assert [source.id for source in found] == ["web", "app"]
    assert live.problem is None
    assert "events of source web go to schema shop from now on, not to website" in caplog.text


@contextmanager
def collecting(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "mainstem", "collect", "--config", str(folder), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAINSTEM_")},
    )
    with process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r"http://\S+", line)
            assert found, line + process.stderr.read()
            yield process, found.group()
        finally:
            process.kill()


def send(url: str, key: str) -> int:
    try:
        with urllib.request.urlopen(f"{url}/v1/track?writeKey={key}", b'{"userId":"u"}') as answer:
            return int(answer.status)
    except urllib.error.HTTPError as e:
        with e:
            return e.code


def test_a_gateway_reloads_on_sighup_and_says_what_changed_and_writes_its_counts(tmp_path: Path) -> None:
    file = tmp_path / "mainstem.toml"
    file.write_text('[project]\ndata_dir = "kept"\n' + WEB)
    with collecting(tmp_path) as (process, url):
        assert (send(url, "A"), send(url, "B")) == (200, 401)
        file.write_text('[project]\ndata_dir = "kept"\n' + WEB + APP)
        process.send_signal(signal.SIGHUP)
        assert process.stderr is not None
        assert "serving changed sources: added app" in process.stderr.readline()
        assert (send(url, "A"), send(url, "B")) == (200, 200)
        process.terminate()
        assert process.wait() == 0
    (counts,) = read_all_counts(counts_folder(tmp_path / "kept"))
    assert {name: found.totals.events for name, found in counts.sources.items()} == {"web": 2, "app": 1}


@pytest.mark.long
def test_several_workers_reload_on_a_sighup_of_their_parent_which_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "mainstem.toml"
    settings = '[project]\ndata_dir = "kept"\n[collect]\nworkers = 2\n'
    file.write_text(settings + WEB)
    with collecting(tmp_path) as (process, url):
        assert process.stderr is not None
        assert any("mainstem.collect: listening" in line for line in process.stderr), "all of them serve"
        file.write_text(settings + WEB + APP)
        process.send_signal(signal.SIGHUP)
        added = (line for line in process.stderr if "serving changed sources: added app" in line)
        assert {next(added).partition(":")[0] for _ in range(2)} == {"collect-0", "collect-1"}
        assert send(url, "B") == 200
        process.terminate()
        assert process.wait() == 0


def test_bare_write_keys_leave_nothing_to_reload(tmp_path: Path) -> None:
    with_project, without = tmp_path / "p", tmp_path / "d"
    with_project.mkdir()
    (with_project / "mainstem.toml").write_text(WEB)
    planned = plan_gateway(CollectOptions(with_project), tmp_path)
    bare = plan_gateway(CollectOptions(data_dir=without, write_keys=("K",)), tmp_path)

    def reloads(gateway: Gateway) -> bool:
        made_by = {getattr(companion, "__qualname__", "") for companion in gateway.companions}
        return "reloading.<locals>.beside" in made_by

    assert (reloads(planned), reloads(bare)) == (True, False)
