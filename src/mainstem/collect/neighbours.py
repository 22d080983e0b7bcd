"""The numbers of all workers of a gateway: a file of each in the data folder, `gateway/<partition>.metrics`.

The kernel decides which of them a scrape reaches, so that any one must answer for all. Disks may be slow:
`exchange` is called beside the event loop, once a second, and what it read then is told. A worker that is
gone stays listed, as down.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.metrics import Sample, sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FRESH_SECONDS = 10.0
"""Older numbers are of a worker that is gone."""


class WorkerFigures(msgspec.Struct):
    """One file."""

    partition: str
    at: float
    """Unix time."""
    samples: list[Sample]


class Neighbours:
    """The workers beside the one of `partition`."""

    def __init__(self, folder: Path, partition: str) -> None:
        self._folder = folder
        self._partition = partition
        self._path = folder / f"{partition}.metrics"
        self._others: tuple[bytes, ...] = ()

    def exchange(self, samples: Iterable[Sample]) -> None:
        """Leave our numbers for the others, and take theirs. Raises OSError."""
        self._write(WorkerFigures(self._partition, time.time(), list(samples)))
        found = []
        for path in self._folder.glob("*.metrics"):
            if path != self._path:
                with suppress(FileNotFoundError):
                    found.append(path.read_bytes())
        self._others = tuple(found)

    def others(self) -> Iterator[tuple[str, list[Sample]]]:
        """As they last were taken, by partition, with whether that worker is up."""
        for text in self._others:
            with suppress(msgspec.DecodeError):
                found = msgspec.json.decode(text, type=WorkerFigures)
                is_up = time.time() - found.at < _FRESH_SECONDS
                yield found.partition, [*found.samples, sample("mainstem_gateway_up", int(is_up))]

    def _write(self, figures: WorkerFigures) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".metrics-part")
        beside.write_bytes(msgspec.json.encode(figures))
        beside.replace(self._path)
