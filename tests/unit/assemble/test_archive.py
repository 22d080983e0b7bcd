from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.archive import archive_once, archiving
from mainstem.assemble.log import project_log
from mainstem.assemble.project import Project, open_project
from mainstem.errors import ConfigError
from mainstem.log import LogSettings, open_writer

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = [b"record %d" % number for number in range(5)]


def project_with(folder: Path, settings: str) -> Project:
    (folder / "mainstem.toml").write_text(f'[project]\ndata_dir = "data"\n[log]\n{settings}\n')
    return open_project(folder)


def accept(project: Project) -> None:
    """Every record but the last stands in a closed segment."""

    async def write() -> None:
        writer = open_writer(project.data_dir, "events", "gateway-0", LogSettings(segment_bytes=1))
        for record in RECORDS:
            await writer.append([record])
        await writer.close()

    asyncio.run(write())


def test_nothing_is_archived_unless_a_place_is_set(tmp_path: Path) -> None:
    project = project_with(tmp_path, "")
    accept(project)
    assert archive_once(project) == 0
    assert project_log(project, "events").start("gateway-0") == 0


def test_closed_segments_go_to_the_place_that_is_set_once(tmp_path: Path) -> None:
    project = project_with(tmp_path, 'archive = "kept"')
    accept(project)
    assert [archive_once(project), archive_once(project)] == [4, 0]
    assert len(list((tmp_path / "kept" / "events" / "gateway-0").iterdir())) == 4


def test_a_partition_that_is_only_archived_is_read_with_the_log(tmp_path: Path) -> None:
    project = project_with(tmp_path, 'archive = "kept"')
    accept(project)
    archive_once(project)
    (tmp_path / "data").rename(tmp_path / "gone")
    found = project_log(project, "events").read("gateway-0", 0, 1)
    assert [payload for _, payload in found.records] == RECORDS[:1]


def test_it_is_kept_up_while_the_loader_runs_and_ends_with_it(tmp_path: Path) -> None:
    project = project_with(tmp_path, 'archive = "kept"\narchive_every_s = 0.01')
    stop = threading.Event()
    with archiving(project, stop):
        accept(project)
        until = time.monotonic() + 120
        while len(list((tmp_path / "kept").rglob("*.segment"))) < 4 and time.monotonic() < until:
            stop.wait(0.01)
    assert len(list((tmp_path / "kept").rglob("*.segment"))) == 4
    assert "archive" not in [thread.name for thread in threading.enumerate()]


def test_a_place_that_cannot_be_used_is_told_once_and_does_not_end_the_loader(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").write_text("a file")
    project = project_with(tmp_path, 'archive = "kept"\narchive_every_s = 0.01')
    accept(project)
    stop = threading.Event()
    with caplog.at_level(logging.ERROR, "mainstem.archive"), archiving(project, stop):
        until = time.monotonic() + 120
        while not caplog.records and time.monotonic() < until:
            stop.wait(0.01)
        stop.wait(0.1)
    (record,) = caplog.records
    assert "nothing is archived, and so nothing deleted from the log" in record.getMessage()


def test_a_place_of_another_kind_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    project = project_with(tmp_path, 'archive = "ftp://host/x"')
    with pytest.raises(ConfigError, match=r"mainstem.toml:4: log.archive: .* s3://bucket/prefix"):
        archive_once(project)
