from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from benchmarks.processes import (
    ChildFailed,
    cpu_seconds,
    idle_interpreter,
    peak_rss_bytes,
    pss_bytes,
    rss_bytes,
    running,
)
from mainstem.supervise import ChildSpec

if TYPE_CHECKING:
    from pathlib import Path


def test_a_child_is_ready_in_the_block_and_gone_after_it(tmp_path: Path) -> None:
    with running(idle_interpreter("idle", "import json"), tmp_path) as child:
        assert cpu_seconds(child.pid) >= 0
        assert 0 < rss_bytes(child.pid) <= peak_rss_bytes(child.pid)
        assert 0 < pss_bytes(child.pid)[child.pid] <= rss_bytes(child.pid)
    assert not psutil.pid_exists(child.pid)


def test_a_child_that_breaks_is_told_with_its_last_words(tmp_path: Path) -> None:
    spec = ChildSpec("broken", (sys.executable, "-c", "raise SystemExit('no room')"))
    with pytest.raises(ChildFailed, match=r"broken ended \(exit 1\): no room"), running(spec, tmp_path):
        pass


def test_the_time_and_memory_of_this_very_process_can_be_read() -> None:
    assert cpu_seconds(os.getpid()) > 0
    assert os.getpid() in pss_bytes(os.getpid())
