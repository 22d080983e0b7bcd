from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.demo.activation import DAGS
from mainstem.assemble.demo.project import demo_project
from mainstem.assemble.demo.services import SYNCED
from mainstem.assemble.plan import plan_of

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demo_which_builds_by_itself_builds_by_no_schedule(tmp_path: Path) -> None:
    made = plan_of(demo_project(tmp_path / "demo"))
    paused = {dag.dag_id: dag.is_paused_upon_creation for dag in made.manifest.dags}
    synced = dict.fromkeys((*DAGS, *(f"sync_{one.name}" for one in SYNCED)), True)
    assert paused == {"cohorts": False, "count": False, "nightly": False, "transform": True, **synced}
