"""Where tries have their logs: of the runner that writes them, and of pages that show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.orchestrate.settings import OrchestrateSettings

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project


def runs_folder(project: Project) -> Path:
    """The folder of all runs: `[orchestrate] logs_dir`, else `runs` in the data folder."""
    written = project.config.section("orchestrate", OrchestrateSettings).logs_dir
    return project.config.path(written) if written else project.data_dir / "runs"


def make_private(runs: Path) -> None:
    """Make the folder of all runs, where there is none, for its owner alone: logs say whatever programs say,
    and manifests hold every command."""
    runs.mkdir(mode=0o700, parents=True, exist_ok=True)
