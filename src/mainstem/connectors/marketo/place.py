"""Where a reading of leads or activities is: what of a stretch of time has been read, by Marketo's own clock.

The end of a stretch is asked for by our clock, and counts as read no further than Marketo's had come when it
began to read. Values alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.connectors.contract import Asked, Position

OVERLAP = timedelta(hours=1)
"""Before the end of the last run, each begins: what is written down late is read by the next."""
_SELDOM = timedelta(days=1)
"""A position moves once a day while nothing comes: to move it is to commit."""


@dataclass
class Place:
    since: datetime
    """The beginning of what has not been read yet."""
    through: datetime | None
    """Everything before was read, in this run or one before; None when nothing was."""
    is_first: bool
    """Whether nothing was read before this reading began."""
    job: str = ""
    """The export that is read now, its end, and how many of its rows were given out."""
    stop: datetime | None = None
    row: int = 0
    before: datetime | None = None
    """Up to when readings that came to their end had read: what is gone since is still to be asked for."""
    columns: Sequence[str] = ()
    """Those of the fields that were described when a reading last came to its end."""
    _rows: int = 0

    @classmethod
    def of(cls, asked: Asked, start: datetime) -> Place:
        held = asked.position or {}
        through = _moment(held.get("through"))
        is_first = bool(held.get("is_first", through is None))
        begins = asked.since or (through - OVERLAP if through and not is_first else start)
        return cls(
            _moment(held.get("since")) or begins,
            through,
            is_first,
            str(held.get("job", "")),
            _moment(held.get("stop")),
            int(held.get("row", 0)),
            _moment(held["before"]) if "before" in held else through,
            held.get("columns", ()),
        )

    def saw(self, rows: int) -> None:
        self._rows += rows

    def export(self, job: str, stop: datetime) -> None:
        self.job, self.stop, self.row = job, stop, 0

    def ended(self, stop: datetime, at: datetime) -> None:
        """Everything before `stop` was read that was there at `at`, and what was read before still is."""
        self.listed(stop, at)
        self.through = max(self.since, self.before) if self.before else self.since

    def listed(self, stop: datetime, at: datetime) -> None:
        """What was made before `stop` was read as it was at `at`; what changed since the first such moment
        was not."""
        self.since, self.through = min(stop, at), self.through or at
        self.job, self.stop, self.row = "", None, 0

    def turn_to_changes(self) -> None:
        """All was read once: on with what changed since that began."""
        self.is_first = False
        if self.through is not None:
            self.since = self.through - OVERLAP

    def going(self) -> Position:
        """Of a process that goes on here."""
        found: dict[str, Any] = {
            "since": self.since.isoformat(),
            "is_first": self.is_first,
            "before": self.before.isoformat() if self.before else None,
        }
        if self.through is not None:
            found["through"] = self.through.isoformat()
        if self.job and self.stop is not None:
            found |= {"job": self.job, "stop": self.stop.isoformat(), "row": self.row}
        return found | self._described()

    def next(self) -> Position:
        """Of the next run."""
        through = self.through
        if self.before and through and not self._rows and through - self.before < _SELDOM:
            through = self.before
        return {} if through is None else {"through": through.isoformat()} | self._described()

    def _described(self) -> dict[str, Any]:
        return {"columns": list(self.columns)} if self.columns else {}


def _moment(written: Any) -> datetime | None:
    return None if not written else datetime.fromisoformat(written)
