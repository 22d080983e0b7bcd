"""What watches a gateway and what it shows of itself: figures, metrics, retention, the internal port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.collect.cleaning import Cleaning
from mainstem.collect.counts_file import counts_folder
from mainstem.collect.figures import Figures, WrittenStream
from mainstem.collect.internal import LOOPBACK, InternalPort
from mainstem.collect.watermark import GuardedLog, Watermark, room_of
from mainstem.errors import ConfigError
from mainstem.log import CommitMeter, open_reader, open_writer, serve_log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AsyncExitStack
    from pathlib import Path

    from mainstem.collect import CollectSettings, Companion
    from mainstem.collect.request import Route
    from mainstem.config import Config
    from mainstem.log import LogSettings, Stream


@dataclass(frozen=True)
class Watched:
    """A gateway's writers, and what stands beside them."""

    events: GuardedLog
    quarantine: GuardedLog
    companions: tuple[Companion, ...]
    routes: tuple[Route, ...]


def watch(
    data_dir: Path,
    settings: CollectSettings,
    log: LogSettings,
    worker: int,
    lost_copies: Mapping[str, int],
    stack: AsyncExitStack,
) -> Watched:
    """Open the writers of this gateway's partitions; `stack` closes them. Raises as `open_writer`."""
    watermark = Watermark(settings.min_free_bytes, lambda: room_of(data_dir))

    def written(stream: Stream) -> WrittenStream:
        meter = CommitMeter()
        writer = open_writer(data_dir, stream, settings.partition, log, meter)
        stack.push_async_callback(writer.close)
        return WrittenStream(GuardedLog(writer, watermark), meter)

    streams: dict[Stream, WrittenStream] = {
        "events": written("events"),
        "quarantine": written("quarantine"),
    }
    cleaning = Cleaning(data_dir, log)
    figures = Figures(
        counts_folder(data_dir),
        settings.partition,
        streams,
        watermark,
        open_reader(data_dir, "events"),
        kept=lambda: cleaning.reports,
        lost=lost_copies,
        others=settings.workers > 1,
    )
    companions: list[Companion] = [figures.beside]
    if worker == 0:  # it cleans the partitions of the others too, and of those that are no more
        companions.append(cleaning.beside)
    if settings.internal_port is not None:
        companions.append(InternalPort(serve_log(data_dir), figures.reply).beside)
    metrics: Route = (b"GET", "/metrics", lambda _: figures.reply())
    return Watched(
        streams["events"].guard,
        streams["quarantine"].guard,
        tuple(companions),
        (metrics,) if settings.metrics else (),
    )


def check_internal_port(config: Config, settings: CollectSettings) -> None:
    """Raises ConfigError where others than this machine could read the log without a token."""
    if settings.internal_port is None:
        return
    if settings.internal_token is not None and settings.internal_token.reveal().strip():
        return
    if settings.internal_host not in LOOPBACK or settings.internal_token is not None:
        raise ConfigError(
            config.place("collect", "internal_port"),
            f"collect.internal_port would show every event to whoever reaches {settings.internal_host}: "
            "there is no internal_token",
            'internal_token = "env:NAME", the same as [log] token where the loader is; '
            'or internal_host = "127.0.0.1"',
        )
