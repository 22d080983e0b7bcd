"""Copies of what numbers were made by: dbt's artifacts of each build, LookML of each change, by their digest.

The same text is kept once. What is no longer pointed at is forgotten as new copies come.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from psycopg.types.json import Jsonb

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mainstem.store.database import Database

KEPT_TEXTS = Table("kept_texts", {"digest": "text", "content": "bytea"})
BUILD_ARTIFACTS = Table("build_artifacts", {"build_id": "bigint", "lineage": "text", "outcomes": "text"})
LOOKML_VERSIONS = Table(
    "lookml_versions", {"id": "bigint", "at": "timestamp with time zone", "files": "jsonb"}
)

_BUILDS = 200
"""Builds whose artifacts are kept: those of a project with 130 models take some 250 KB each."""
_LOOKML = 200
_RUN: LiteralString = (
    "(SELECT CASE WHEN command[1] = 'publish' THEN coalesce(command[3], '') ELSE run END "
    "FROM builds WHERE id = %(build)s)"
)
_ARTIFACTS: LiteralString = (
    "SELECT a.build_id, a.lineage, a.outcomes "  # only literals
    "FROM build_artifacts AS a JOIN builds AS b ON b.id = a.build_id "
    "WHERE a.build_id = %(build)s OR (b.run <> '' AND a.build_id < %(build)s AND b.run = " + _RUN + ") "
    "ORDER BY a.build_id"
)
_UNUSED: LiteralString = (
    "DELETE FROM kept_texts AS t "
    "WHERE NOT EXISTS (SELECT 1 FROM build_artifacts WHERE lineage = t.digest OR outcomes = t.digest) "
    "AND t.digest NOT IN (SELECT value FROM lookml_versions, jsonb_each_text(files))"
)


@dataclass(frozen=True)
class BuildArtifacts:
    """Digests of what a build left."""

    build_id: int
    lineage: str
    outcomes: str


@dataclass(frozen=True)
class LookmlVersion:
    id: int
    at: datetime
    """Since when it stood."""
    files: dict[str, str]
    """Path → digest of its text."""


class Versions:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_build(self, build_id: int, lineage: bytes, outcomes: bytes) -> None:
        """Write down what a build left; that of the oldest is forgotten."""
        with self._database.transaction():
            kept = self._keep((lineage, outcomes))
            self._database.run(
                "INSERT INTO build_artifacts (build_id, lineage, outcomes) "
                "VALUES (%(build)s, %(lineage)s, %(outcomes)s) ON CONFLICT DO NOTHING",
                {"build": build_id, "lineage": kept[0], "outcomes": kept[1]},
            )
            self._database.run(
                "DELETE FROM build_artifacts WHERE build_id <= %(oldest)s", {"oldest": build_id - _BUILDS}
            )
            self._database.run(_UNUSED, {})

    def artifacts(self, build_id: int) -> list[BuildArtifacts]:
        """Of a build and of those before it in the same run, the oldest first; of a publication of a run, of
        all its builds."""
        return self._database.all(BuildArtifacts, _ARTIFACTS, {"build": build_id})

    def run_of(self, build_id: int) -> str:
        """The run of a DAG that a build was part of, or that was published by it; empty for none."""
        found = self._database.one(
            _Run,
            "SELECT coalesce(" + _RUN + ", '') AS run",
            {"build": build_id},
        )
        return "" if found is None else found.run

    def newest_artifacts(self) -> BuildArtifacts | None:
        return self._database.one(
            BuildArtifacts,
            "SELECT build_id, lineage, outcomes FROM build_artifacts ORDER BY build_id DESC LIMIT 1",
            {},
        )

    def keep_lookml(self, files: Mapping[str, bytes], at: datetime) -> bool:
        """Write down how LookML stands from `at` on; whether that was new."""
        with self._database.transaction() as connection:
            connection.execute("LOCK TABLE lookml_versions IN SHARE ROW EXCLUSIVE MODE")
            digests = dict(zip(files, self._keep(files.values()), strict=True))
            newest = self.lookml_at(at)
            if newest is not None and newest.files == digests:
                return False
            self._database.run(
                "INSERT INTO lookml_versions (at, files) VALUES (%(at)s, %(files)s)",
                {"at": at, "files": Jsonb(digests)},
            )
            self._database.run(
                "DELETE FROM lookml_versions WHERE id <= "
                "(SELECT max(id) FROM lookml_versions) - %(kept)s::bigint",
                {"kept": _LOOKML},
            )
            self._database.run(_UNUSED, {})
            return True

    def lookml_at(self, at: datetime) -> LookmlVersion | None:
        """As it stood then; None where that is not known."""
        return self._database.one(
            LookmlVersion,
            "SELECT id, at, files FROM lookml_versions WHERE at <= %(at)s ORDER BY at DESC, id DESC LIMIT 1",
            {"at": at},
        )

    def text(self, digest: str) -> bytes:
        """Raises KeyError where it is not kept."""
        found = self._database.one(
            _Content, "SELECT content FROM kept_texts WHERE digest = %(digest)s", {"digest": digest}
        )
        if found is None:
            raise KeyError(digest)
        return zlib.decompress(found.content)

    def _keep(self, texts: Iterable[bytes]) -> list[str]:
        digests = []
        for text in texts:
            digest = hashlib.sha256(text).hexdigest()
            self._database.run(
                "INSERT INTO kept_texts (digest, content) VALUES (%(digest)s, %(content)s) "
                "ON CONFLICT DO NOTHING",
                {"digest": digest, "content": zlib.compress(text)},
            )
            digests.append(digest)
        return digests


@dataclass(frozen=True)
class _Run:
    run: str


@dataclass(frozen=True)
class _Content:
    content: bytes
