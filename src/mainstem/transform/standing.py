"""What several builds say of the whole project together. Pure: `publisher` asks and acts.

The newest word on a model or test counts, whoever had it built: it must have gone well, on the files as the
run's last build read them, and after the newest build of all that it reads. A build of which nobody knows
what it did leaves no word standing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.store.coverage import CoveredBuild
    from mainstem.transform.coverage import CoveredNode

_MODELS = ("model.", "seed.", "snapshot.")


@dataclass(frozen=True)
class RunStanding:
    """How far the builds of a run have come."""

    stale: dict[str, str]
    """Why a model or test is not up to date, by dbt's unique id, in an order to build them in."""
    models: int
    """That are up to date."""
    tests: int
    snapshot: int | None
    """Of the lake, after the last of the builds."""


def newest_project(builds: Sequence[CoveredBuild], run: str) -> str | None:
    """Digest of the project as the newest build of `run` read it; None before there is one."""
    return next((build.project for build in reversed(builds) if build.run == run and build.project), None)


def standing_of(
    nodes: Mapping[str, CoveredNode], project: str, builds: Sequence[CoveredBuild]
) -> RunStanding:
    """`builds` reach from the first of a run to its last, oldest first; `nodes` are all of the project."""
    newest, why = _newest_words(project, builds)
    stale: dict[str, str] = {}
    for name in _parents_first(nodes):
        if reason := _why_stale(name, nodes[name], newest, why, stale):
            stale[name] = reason
    good = nodes.keys() - stale.keys()
    models = sum(name.startswith(_MODELS) for name in good)
    snapshot = next((build.snapshot for build in reversed(builds) if build.snapshot is not None), None)
    return RunStanding(stale, models, len(good) - models, snapshot)


def _newest_words(project: str, builds: Sequence[CoveredBuild]) -> tuple[dict[str, int], dict[str, str]]:
    """The build of the newest good word on each node, and why the newest word on it is none."""
    newest: dict[str, int] = {}
    why: dict[str, str] = {}
    for build in builds:
        if build.project is None:
            why.update(dict.fromkeys(newest, f"build {build.id} of {build.asked_by} may have changed it"))
            newest.clear()
            continue
        good, bad = build.good or [], build.bad or []
        for name in (*good, *bad):
            newest.pop(name, None)
        if build.project == project:
            newest.update(dict.fromkeys(good, build.id))
        else:
            why.update(dict.fromkeys(good, f"build {build.id} had the project's files as they were before"))
        why.update(dict.fromkeys(bad, f"it failed in build {build.id}"))
    return newest, why


def _why_stale(
    name: str,
    node: CoveredNode,
    newest: Mapping[str, int],
    why: Mapping[str, str],
    stale: Mapping[str, str],
) -> str:
    if name not in newest:
        return why.get(name, "no build of the run went through it")
    for parent in node.parents:
        if parent in stale:
            return f"{_short(parent)}, which it reads, is not up to date"
        if newest[parent] > newest[name]:
            return f"{_short(parent)}, which it reads, was built again after it, in build {newest[parent]}"
    return ""


def _parents_first(nodes: Mapping[str, CoveredNode]) -> list[str]:
    done: dict[str, None] = {}
    for start in nodes:
        pending = [start]
        while pending:
            name = pending[-1]
            wanted = [one for one in nodes[name].parents if one not in done and one in nodes]
            pending += wanted
            if not wanted:
                done.setdefault(pending.pop())
    return list(done)


def _short(unique_id: str) -> str:
    """`model.shop.orders` as `orders`."""
    return unique_id.split(".", 2)[-1]
