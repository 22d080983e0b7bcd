"""What stands behind a table of visits, and why a number of it changed: made by hand, for pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.artifacts import Lineage, LineageNode, LineageTest, Outcome, Outcomes
from mainstem.artifacts.truth import Known
from mainstem.query.changes import Cause, ChangedRow, Explanation, NumberChange
from mainstem.web.truth.changes import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mainstem.query.changes.parts import Number
    from mainstem.query.context import Asking
    from mainstem.web.truth.changes import Asked

EVENTS = LineageNode(
    uid="s", kind="source", name="web.pages", schema="web", table="pages", loaded_at="at", warn_after_hours=2
)
MART = LineageNode(
    uid="m",
    kind="model",
    name="visits",
    schema="analytics",
    table="visits",
    description="A visit.",
    parents=("s",),
)
TEST = LineageTest(uid="t", name="unique_visits_id", kind="unique", column="id", about=("m",))
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class CannedTruth:
    """Of a source that is late, and a number that went up by 14."""

    def __init__(self, number: str = "visits.count", key: str = "visits.id") -> None:
        self._number = number
        self._key = key

    def known(self) -> Known:
        return Known(
            lineage=Lineage(nodes={"s": EVENTS, "m": MART}, tests={"t": TEST}),
            outcomes=Outcomes(
                nodes={"t": Outcome(status="pass", at=AT), "m": Outcome(status="success", at=AT)}
            ),
            build=7,
            published_at=AT,
        )

    def elsewhere(self, connection: str | None) -> str:
        return ""

    def newest_rows(self, sources: Iterable[LineageNode]) -> Mapping[str, datetime | None]:
        return {source.uid: datetime.now(UTC) - timedelta(days=2, hours=1) for source in sources}

    def moments(self) -> Sequence[Moment]:
        return [Moment(str(n), n, AT + timedelta(days=n), AT, n) for n in (2, 1)]

    def explain(
        self, asking: Asking, asked: Asked, then: Moment, now: Moment, tell: Callable[[str], None]
    ) -> Explanation:
        tell("Asking with the rows that are new")
        parts: dict[Cause, Number] = {Cause.CHANGED: -1, Cause.LATE: 3, Cause.NEW: 12}
        return Explanation(
            labels={self._number: "Visits", self._key: "Visit"},
            dimensions=(),
            numbers=(NumberChange(measure=self._number, before=100, after=114, parts=parts),),
            row_fields=(self._key, self._number),
            rows=(ChangedRow(what="changed", values=("v1", 2), before=("v1", 3)),),
        )
