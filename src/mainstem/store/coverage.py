"""Which models and tests each build went through, and the run it was part of: kept for the newest builds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg.types.json import Jsonb

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.store.database import Database

BUILD_COVERAGE = Table(
    "build_coverage", {"build_id": "bigint", "project": "text", "good": "text[]", "bad": "text[]"}
)
DBT_PROJECTS = Table("dbt_projects", {"digest": "text", "nodes": "jsonb"})

_KEPT = 500
"""Builds whose coverage is kept: that of a thousand nodes takes some 20 KB."""
_SINCE: LiteralString = (
    "SELECT b.id, b.run, b.command, b.asked_by, b.snapshot, c.project, c.good, c.bad "
    "FROM builds AS b LEFT JOIN build_coverage AS c ON c.build_id = b.id "
    "WHERE b.finished_at IS NOT NULL AND b.command[1] <> 'publish' "
    "AND b.id BETWEEN (SELECT min(id) FROM builds WHERE run = %(run)s) "
    "AND (SELECT max(id) FROM builds WHERE run = %(run)s) ORDER BY b.id"
)


@dataclass(frozen=True)
class CoveredBuild:
    """A build that has ended, with dbt's unique ids of what it went through."""

    id: int
    run: str
    """The run of a DAG that it was part of; empty for none."""
    command: list[str]
    asked_by: str
    snapshot: int | None
    project: str | None
    """Digest of the dbt project it was of; None where nobody knows what it did."""
    good: list[str] | None
    bad: list[str] | None


@dataclass(frozen=True)
class _Nodes:
    nodes: dict[str, Any]


class BuildCoverage:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        build_id: int,
        project: str,
        nodes: Mapping[str, Any],
        good: Sequence[str],
        bad: Sequence[str],
    ) -> None:
        """Write down what a build went through; `nodes` is all of the project whose digest is `project`."""
        self._database.run(
            "INSERT INTO dbt_projects (digest, nodes) VALUES (%(digest)s, %(nodes)s) ON CONFLICT DO NOTHING",
            {"digest": project, "nodes": Jsonb(dict(nodes))},
        )
        self._database.run(
            "INSERT INTO build_coverage (build_id, project, good, bad) "
            "VALUES (%(build)s, %(project)s, %(good)s, %(bad)s)",
            {"build": build_id, "project": project, "good": list(good), "bad": list(bad)},
        )
        self._database.run(
            "DELETE FROM build_coverage WHERE build_id <= %(oldest)s", {"oldest": build_id - _KEPT}
        )
        self._database.run(
            "DELETE FROM dbt_projects WHERE digest NOT IN (SELECT project FROM build_coverage)", {}
        )

    def builds_of(self, run: str) -> list[CoveredBuild]:
        """From the first build of `run` to its last, those of others between them too; oldest first."""
        return self._database.all(CoveredBuild, _SINCE, {"run": run})

    def project(self, digest: str) -> dict[str, Any]:
        """Its nodes, as they were noted; empty when they are not kept any more."""
        found = self._database.one(
            _Nodes, "SELECT nodes FROM dbt_projects WHERE digest = %(digest)s", {"digest": digest}
        )
        return {} if found is None else found.nodes
