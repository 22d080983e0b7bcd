from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from mainstem.warehouse.ducklake.spill import spill_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_no_two_instances_spill_into_one_folder(tmp_path: Path) -> None:
    assert spill_folder(tmp_path) != spill_folder(tmp_path)


def test_what_a_dead_process_left_is_removed_and_what_a_living_one_uses_is_not(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    machine = socket.gethostname()
    left, used, elsewhere = (
        tmp_path / name
        for name in (f"{machine}-{dead.pid}-0", f"{machine}-{os.getppid()}-0", f"another-{dead.pid}-0")
    )
    for folder in (left, used, elsewhere):
        folder.mkdir()
        (folder / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    spill_folder(tmp_path)
    assert not left.exists()
    assert used.exists()
    assert elsewhere.exists(), "another machine's processes cannot be looked at from here"
