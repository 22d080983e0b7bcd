from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.kept_plan import KeptPlan
from mainstem.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path


def test_whoever_makes_the_folder_of_runs_first_makes_it_for_its_owner_alone(tmp_path: Path) -> None:
    runs = tmp_path / "data" / "runs"
    KeptPlan(runs).keep(Manifest("test", ()))
    assert runs.stat().st_mode & 0o777 == 0o700
