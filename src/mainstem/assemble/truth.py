"""What stands behind the numbers that readers are shown: dbt's copies of the published build, and how new the
rows of its sources are. It reads, and remembers for as long as what is published stays."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.artifacts import Outcomes
from mainstem.artifacts.truth import Known
from mainstem.errors import QueryError
from mainstem.query.answers import stamp_of
from mainstem.query.connections import OWN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from mainstem.artifacts import LineageNode
    from mainstem.assemble.kept_versions import KeptArtifacts
    from mainstem.store.versions import Versions
    from mainstem.warehouse import Warehouse
    from mainstem.web.publishing import PublicationDesk

_LOOK_SECONDS = 2.0
_ROWS_SECONDS = 60.0
"""How long the newest row of a source is remembered where the warehouse does not say what it shows."""

_UNREAD = datetime.min.replace(tzinfo=UTC)
"""Stands for a source whose rows cannot be read."""


class ProjectTruth:
    """As `web.truth.TruthDesk` promises it."""

    def __init__(
        self,
        artifacts: KeptArtifacts,
        versions: Versions,
        publications: PublicationDesk | None,
        warehouse: Warehouse,
        others: Collection[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`others` are the connections beside the project's own `warehouse`."""
        self._artifacts = artifacts
        self._versions = versions
        self._publications = publications
        self._warehouse = warehouse
        self._others = others
        self._clock = clock
        self._guard = threading.Lock()
        self._known: Known | None = None
        self._looked_at = -_LOOK_SECONDS
        self._rows: dict[str, tuple[str | None, float, datetime | None]] = {}

    def known(self) -> Known | None:
        with self._guard:
            if self._clock() - self._looked_at >= _LOOK_SECONDS:
                self._known = self._look(self._known)
                self._looked_at = self._clock()
            return self._known

    def elsewhere(self, connection: str | None) -> str:
        if connection is None or connection == OWN or connection not in self._others:
            return ""
        return f"its tables are on the connection {connection}, and nothing is known here of what makes them"

    def newest_rows(self, sources: Iterable[LineageNode]) -> Mapping[str, datetime | None]:
        stamp = stamp_of(self._warehouse)
        found = {source.uid: self._newest_row(source, stamp) for source in sources if source.loaded_at}
        return {uid: newest for uid, newest in found.items() if newest is not _UNREAD}

    def _look(self, before: Known | None) -> Known | None:
        current = self._publications.standing().current if self._publications is not None else None
        newest = self._versions.newest_artifacts()
        shown = current.build_id if current is not None else newest.build_id if newest is not None else None
        last = newest.build_id if newest is not None else None
        if shown is None:
            return None
        if before is not None and (before.build, before.newest_build) == (shown, last):
            return before
        kept = self._artifacts.of_build(shown)
        if kept is None:
            return None
        since = self._artifacts.of_build(last) if last is not None and last > shown else None
        return Known(
            lineage=kept[0],
            outcomes=kept[1],
            newest=since[1] if since is not None else Outcomes(),
            build=shown,
            newest_build=last,
            published_at=current.published_at if current is not None else None,
            run=self._versions.run_of(shown),
        )

    def _newest_row(self, source: LineageNode, stamp: str | None) -> datetime | None:
        kept = self._rows.get(source.uid)
        if kept is not None and kept[0] == stamp and (stamp or self._clock() - kept[1] < _ROWS_SECONDS):
            return kept[2]
        try:
            found = self._warehouse.query(
                # dbt's `loaded_at_field` is SQL of the project's own.
                f'SELECT max({source.loaded_at}) AS newest FROM "{source.schema}"."{source.table}"'  # noqa: S608
            ).to_pylist()[0]["newest"]
        except QueryError:
            # An event that was never sent has no table yet, and stands for no rows; anything else, such as a
            # column that is not there, is not known.
            found = _UNREAD if self._is_there(source) else None
        newest = _UNREAD if found is _UNREAD else _moment(found)
        self._rows[source.uid] = (stamp, self._clock(), newest)
        return newest

    def _is_there(self, source: LineageNode) -> bool:
        """Whether readers are shown such a table; taken to be, where even that cannot be asked."""
        try:
            sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ? LIMIT 1"
            return bool(self._warehouse.query(sql, [source.schema, source.table]).num_rows)
        except QueryError:
            return True


def _moment(found: object) -> datetime | None:
    """Times without a zone are in UTC."""
    if isinstance(found, str):
        try:
            found = datetime.fromisoformat(found)
        except ValueError:
            return None
    if not isinstance(found, datetime):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
