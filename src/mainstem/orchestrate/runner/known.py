"""The manifest as it is now, and those that runs were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.manifest import AssetSchedule, digest, dump, pool_slots, read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.manifest import Dag, DagRun, Manifest, Task

_KEPT = 64
"""Manifests of runs that are remembered."""
Places = dict[str, "tuple[Dag, dict[str, Task]]"]
"""By name, each DAG with its tasks by name: a turn asks for each task of each run."""


class Known:
    """Manifests by digest; each is read once."""

    def __init__(self, manifest: Manifest, read: Callable[[str], str | None]) -> None:
        """`read` gives the text of a manifest that is kept."""
        self._read = read
        self._others: dict[str, tuple[Manifest, Places]] = {}
        self.follow(manifest)

    def follow(self, manifest: Manifest) -> None:
        """From now on this is the manifest."""
        self.manifest = manifest
        self.digest = digest(manifest)
        self._places = _places_of(manifest)
        self.dags: Mapping[str, Dag] = {dag.dag_id: dag for dag in manifest.dags}
        self.waits_for_assets = any(isinstance(dag.schedule, AssetSchedule) for dag in manifest.dags)

    def text(self) -> str:
        """The present manifest's, to be kept."""
        return dump(self.manifest).decode()

    def manifest_of(self, run: DagRun) -> Manifest:
        return self._read_of(run)[0]

    def _read_of(self, run: DagRun) -> tuple[Manifest, Places]:
        if run.manifest == self.digest:
            return self.manifest, self._places
        if run.manifest not in self._others:
            body = self._read(run.manifest)
            if body is None:
                raise AssertionError(f"{run.dag_id} {run.run_id}: a run points at a manifest that is kept")
            if len(self._others) >= _KEPT:
                self._others.pop(next(iter(self._others)))
            manifest = read_manifest(body)
            self._others[run.manifest] = (manifest, _places_of(manifest))
        return self._others[run.manifest]

    def dag_of(self, run: DagRun) -> Dag:
        """As it was when the run was made."""
        return self._read_of(run)[1][run.dag_id][0]

    def task_of(self, run: DagRun, task_id: str) -> Task | None:
        return self._read_of(run)[1][run.dag_id][1].get(task_id)

    def slots(self, runs: list[DagRun]) -> dict[str, int]:
        """Of all pools; of one that only an older manifest of a run has, as there."""
        slots: dict[str, int] = {}
        for run in {run.manifest: run for run in runs}.values():
            slots |= dict(pool_slots(self.manifest_of(run)))
        return slots | dict(pool_slots(self.manifest))


def _places_of(manifest: Manifest) -> Places:
    return {dag.dag_id: (dag, {task.task_id: task for task in dag.tasks}) for dag in manifest.dags}
