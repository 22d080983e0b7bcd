from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.collect import CollectSettings, SourceTable, serve
from mainstem.collect.cleaning import Cleaning
from mainstem.collect.figures import Figures, WrittenStream
from mainstem.collect.lag import LagWatch
from mainstem.collect.metrics import sample
from mainstem.collect.neighbours import WorkerFigures
from mainstem.collect.watermark import GuardedLog, Room, Watermark
from mainstem.events import Received, Source, encode_received
from mainstem.log import CommitMeter, LogSettings, open_reader, open_writer
from mainstem.testing.gateway import read_answers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    import pytest

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def record(seconds: int) -> bytes:
    at = (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return encode_received(Received(at.replace("+00:00", "Z"), "10.0.0.1", "web", msgspec.Raw(b"{}")))


def write(data_dir: Path, *payloads: bytes) -> None:
    async def append() -> None:
        writer = open_writer(data_dir, "events", "p", LogSettings())
        for payload in payloads:
            await writer.append([payload])
        await writer.close()

    asyncio.run(append())


def test_lag_is_what_is_not_loaded_and_the_age_of_the_oldest_of_it(tmp_path: Path) -> None:
    write(tmp_path, record(0), record(60))
    log = open_reader(tmp_path, "events")
    watch = LagWatch(log, "p")
    now = START + timedelta(seconds=100)
    first = watch.look(now)
    assert (first.bytes, first.seconds) == (log.end("p"), 100.0)
    log.mark_consumed("p", log.read("p", 0, 1).next_offset)
    second = watch.look(now)
    assert (second.bytes, second.seconds) == (log.end("p") - (second.consumed or 0), 40.0)
    log.mark_consumed("p", log.end("p"))
    assert watch.look(now)[3:] == (0, 0.0)


def test_a_record_that_is_no_event_has_no_age(tmp_path: Path) -> None:
    write(tmp_path, b"no event")
    assert LagWatch(open_reader(tmp_path, "events"), "p").look(START).seconds == 0.0


class Gateway:
    """One that serves on a real socket, with figures beside it."""

    def __init__(self, data_dir: Path, *, others: bool = False) -> None:
        self.data_dir = data_dir
        self.free = 10**12
        self.others = others
        self.lost: dict[str, int] = {}
        self.settings = CollectSettings(port=0, partition="p")
        self.url = ""

    def run(self, ask: Callable[[Gateway], Awaitable[None]]) -> None:
        asyncio.run(self._run(ask))

    async def _run(self, ask: Callable[[Gateway], Awaitable[None]]) -> None:
        self.mark = Watermark(10**9, lambda: Room(10**12, self.free))
        streams = {}
        writers = []
        for stream in ("events", "quarantine"):
            meter = CommitMeter()
            writer = open_writer(self.data_dir, stream, "p", LogSettings(), meter)
            writers.append(writer)
            streams[stream] = WrittenStream(GuardedLog(writer, self.mark), meter)
        self.figures = Figures(
            self.data_dir / "gateway",
            "p",
            streams,  # type: ignore[arg-type] # streams' names
            self.mark,
            open_reader(self.data_dir, "events"),
            lost=self.lost,
            others=self.others,
        )
        stop, url = asyncio.Event(), asyncio.get_running_loop().create_future()
        server = asyncio.create_task(
            serve(
                self.settings,
                SourceTable([Source("web", "Website", ("WK",))]),
                streams["events"].guard,
                streams["quarantine"].guard,
                ready=url.set_result,
                stop=stop,
                companions=[self.figures.beside],
                routes=((b"GET", "/metrics", lambda _: self.figures.reply()),),
            )
        )
        self.url = await url
        try:
            await ask(self)
        finally:
            stop.set()
            await server
            for writer in writers:
                await writer.close()

    async def ask(self, path: str, body: str | None = None) -> tuple[int, dict[str, str], str]:
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body or '')}\r\n\r\n{body or ''}".encode())
        (answer,) = read_answers(await reader.read())
        writer.close()
        await writer.wait_closed()
        return answer.status, answer.headers, answer.body.decode()

    async def facts_once(self, true_of: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """A look begun before this call may still write down what it saw then, so one look is not enough."""
        while True:
            self.figures._look()
            facts: dict[str, Any] = json.loads((await self.ask("/health"))[2])
            if true_of(facts):
                return facts

    async def value(self, series: str) -> float | None:
        lines = (await self.ask("/metrics"))[2].splitlines()
        found = [line.rpartition(" ")[2] for line in lines if line.rpartition(" ")[0] == series]
        return float(found[0]) if found else None


def test_what_a_source_sends_is_counted_by_its_id_and_never_its_key(tmp_path: Path) -> None:
    async def ask(gateway: Gateway) -> None:
        await gateway.ask("/v1/track?writeKey=WK", '{"userId":"u","event":"e"}')
        batch = '{"batch":[{"type":"track","userId":"u"},{"type":"nope","userId":"u"}]}'
        await gateway.ask("/v1/batch?writeKey=WK", batch)
        label = '{partition="p",source_id="web"}'
        for name, expected in {
            "requests": 2,
            "events": 3,
            "successful_events": 2,
            "failed_events": 1,
        }.items():
            assert await gateway.value(f"gateway_write_key_{name}_total{label}") == expected, name
        stream = 'partition="p",stream="events"'
        assert await gateway.value(f"gateway_batch_size_sum{{{stream}}}") == 2
        assert await gateway.value(f"gateway_batch_time_seconds_count{{{stream}}}") == 2
        assert await gateway.value('gateway_response_time_seconds_count{partition="p"}') == 2
        status, headers, text = await gateway.ask("/metrics")
        assert status == 200
        assert headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "WK" not in text

    Gateway(tmp_path).run(ask)


def test_copies_for_shadow_mode_that_are_lost_are_told_by_source(tmp_path: Path) -> None:
    async def check(gateway: Gateway) -> None:
        series = 'mainstem_shadow_lost_requests_total{partition="p",source_id="web"}'
        assert await gateway.value(series) is None
        gateway.lost["web"] = 3
        assert await gateway.value(series) == 3

    Gateway(tmp_path).run(check)


def test_events_are_refused_before_the_disk_is_full_and_health_says_so(tmp_path: Path) -> None:
    async def ask(gateway: Gateway) -> None:
        gateway.free = 1000
        gateway.mark.look()
        status, headers, _ = await gateway.ask("/v1/track?writeKey=WK", '{"userId":"u"}')
        assert (status, headers["retry-after"]) == (503, "5")
        status, _, text = await gateway.ask("/health")
        assert (status, json.loads(text)["acceptingEvents"]) == (503, "FALSE")
        assert await gateway.value('mainstem_gateway_refusing{partition="p"}') == 1
        assert await gateway.value('mainstem_log_refused_records_total{partition="p",stream="events"}') == 1
        assert await gateway.value('mainstem_disk_free_bytes{partition="p"}') == 1000
        gateway.free = 10**12
        gateway.mark.look()

    Gateway(tmp_path).run(ask)
    assert open_reader(tmp_path, "events").end("p") == 0


def test_health_tells_the_last_commit_and_the_lag(tmp_path: Path) -> None:
    async def ask(gateway: Gateway) -> None:
        assert json.loads((await gateway.ask("/health"))[2])["lastCommitAt"] is None
        await gateway.ask("/v1/track?writeKey=WK", '{"userId":"u"}')
        facts = await gateway.facts_once(lambda facts: facts.get("lagBytes", 0) > 0)
        assert datetime.fromisoformat(facts["lastCommitAt"]).tzinfo is not None
        assert facts["lagBytes"] == facts["logEnd"] > 0
        assert facts["lagSeconds"] >= 0

    Gateway(tmp_path).run(ask)


def test_a_worker_answers_for_those_beside_it_and_says_which_is_gone(tmp_path: Path) -> None:
    def write_other(partition: str, at: float) -> None:
        samples = [sample("gateway_connections", 7)]
        (tmp_path / "gateway").mkdir(exist_ok=True)
        path = tmp_path / "gateway" / f"{partition}.metrics"
        path.write_bytes(msgspec.json.encode(WorkerFigures(partition, at, samples)))

    async def ask(gateway: Gateway) -> None:
        write_other("gateway-2", 1.0)
        (tmp_path / "gateway" / "broken.metrics").write_text("{")
        write_other("gateway-1", datetime.now(UTC).timestamp())  # last: a look that meets it meets all
        beside = 'mainstem_gateway_up{partition="gateway-1"}'
        while await gateway.value(beside) is None:
            gateway.figures._look()
        assert await gateway.value(beside) == 1
        assert await gateway.value('mainstem_gateway_up{partition="p"}') == 1
        assert await gateway.value('mainstem_gateway_up{partition="gateway-2"}') == 0
        assert await gateway.value('gateway_connections{partition="gateway-2"}') == 7

    Gateway(tmp_path, others=True).run(ask)


def test_the_companion_deletes_what_is_loaded_and_tells_what_it_must_hold(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small = LogSettings(segment_bytes=1, max_commit_bytes=1000, keep_days=1e-9, keep_hours=0)

    async def append() -> None:
        writer = open_writer(tmp_path, "events", "p", small)
        for number in range(3):
            await writer.append([record(number)])
        await writer.close()

    asyncio.run(append())
    log = open_reader(tmp_path, "events")
    cleaning = Cleaning(tmp_path, small)
    with caplog.at_level("INFO"):
        cleaning.clean()
        cleaning.clean()
        assert [report.held_bytes > 0 for report in cleaning.reports if report.stream == "events"] == [True]
        assert caplog.text.count("not loaded yet") == 1
        assert log.start("p") == 0
        log.mark_consumed("p", log.end("p"))
        cleaning.clean()
    assert "deleted 2 segments" in caplog.text
    assert log.start("p") > 0
    assert len(log.read("p", log.start("p"), 1000).records) == 1


def test_a_log_that_cannot_be_cleaned_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, record(0))
    (tmp_path / "log" / "events" / "p" / "durable").unlink()
    cleaning = Cleaning(tmp_path, LogSettings())
    cleaning.clean()
    cleaning.clean()
    assert caplog.text.count("not all of the log is cleaned") == 1
