"""Every implementation of the log, held to its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.log import LogReader, LogSettings, LogWriter, open_reader, open_writer
from mainstem.testing.log import ConsumerMarksContract
from mainstem.testing.memory_log import MemoryLog

if TYPE_CHECKING:
    from pathlib import Path


class TestFileLog(ConsumerMarksContract):
    settings = LogSettings()

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.data_dir = tmp_path

    def open_writer(self, partition: str) -> LogWriter:
        return open_writer(self.data_dir, "events", partition, self.settings)

    def open_reader(self) -> LogReader:
        return open_reader(self.data_dir, "events")


class TestFileLogInSmallSegments(TestFileLog):
    settings = LogSettings(segment_bytes=100, max_commit_bytes=50, max_pending_bytes=10_000)


class TestMemoryLog(ConsumerMarksContract):
    @pytest.fixture(autouse=True)
    def _log(self) -> None:
        self.log = MemoryLog()

    def open_writer(self, partition: str) -> LogWriter:
        return self.log.writer(partition)

    def open_reader(self) -> LogReader:
        return self.log
