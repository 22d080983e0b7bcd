"""The real gateway, `mainstem collect`, alone on a core and with a log of its own."""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.commits import commits_between
from benchmarks.processes import cores, cpu_seconds, running
from mainstem.collect import CollectSettings
from mainstem.log import open_reader
from mainstem.supervise import ChildSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITE_KEY = "benchmark"
_PARTITION = CollectSettings().partition


@dataclass(frozen=True)
class Gateway:
    pid: int
    url: str
    data_dir: Path

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def durable_end(self) -> int:
        """Where the log of accepted events ends now."""
        log = open_reader(self.data_dir, "events")
        return log.end(_PARTITION)

    def commits_between(self, start: int, end: int) -> int:
        return commits_between(self.data_dir, _PARTITION, start, end)


@contextmanager
def gateway(scratch: Path, project: Path | None = None) -> Iterator[Gateway]:
    """A gateway on the first core; its log is gone with the block. Without a `project`, one that has no
    rules and takes WRITE_KEY."""
    who = ("--write-key", WRITE_KEY) if project is None else ("--config", str(project))
    with tempfile.TemporaryDirectory(prefix="gateway-", dir=scratch) as folder:
        data_dir = Path(folder)
        command = (
            *("taskset", "--cpu-list", str(cores()[0])),
            *(sys.executable, "-m", "mainstem", "collect", "--data-dir", str(data_dir)),
            *("--port", "0", *who),
        )
        with running(ChildSpec("collect", command), data_dir) as child:
            yield Gateway(child.pid, child.status, data_dir)
