"""What a tracking plan can say beforehand of events of one form and name.

All that follows from the form was learned when such an event went through the step: which shapes its objects
have, what is wrong with them, which values are to be looked at. It is gathered here once. The events that
pass by it are counted, and fold into the catalogue as if each had been looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.events.form import Judged, Promise

if TYPE_CHECKING:
    from mainstem.events import Sending
    from mainstem.events.form import Path
    from mainstem.tracking.catalogue import SeenEvent, SeenProperty
    from mainstem.tracking.levels import Findings, Level, Watcher
    from mainstem.tracking.values import ValueCheck


class Foreseen:
    """Events of one form and name, and how many came that nobody looked at."""

    __slots__ = ("_checks", "_count", "_entries", "_seen", "_watcher")

    def __init__(self, seen: SeenEvent, watcher: Watcher) -> None:
        self._seen = seen
        self._watcher = watcher
        self._entries: list[SeenProperty] = []
        self._checks: list[tuple[Path, ValueCheck]] = []
        self._count = 0

    def add(self, level: Level, value: dict[str, Any], at: Path, found: Findings) -> bool:
        """Take in what is known of an object like `value`, which stands at the path `at` of the event; what
        is wrong with every such object goes into `found`. False where too little is known."""
        known = level.shape_of(value)
        if known is None or known.surplus:
            return False
        self._entries += known.entries
        if any(type(value[key]) is dict for key, _ in known.checks):
            return False
        self._checks += (((*at, key), check) for key, check in known.checks)
        for violation in known.violations:
            found.add(violation)
        found.unplanned += ((value, key, (*level.path, key)) for key in known.unplanned)
        return all(self.add(inner, value[key], (*at, key), found) for key, inner in known.nested)

    def promise(self, added: dict[str, Any], kept: Judged | None) -> Promise:
        judged = [kept] if kept is not None else []
        if self._checks:
            judged.append(Judged(tuple(path for path, _ in self._checks), self._judge))
        return Promise(judged=tuple(judged), added=added, act=self._count_some)

    def fold(self) -> None:
        """Put what was counted into the catalogue."""
        number, self._count = self._count, 0
        if not number:
            return
        at = self._watcher.at
        self._seen.count += number
        self._seen.last_seen = max(self._seen.last_seen, at)
        for entry in self._entries:
            entry.count += number
            entry.last_seen = max(entry.last_seen, at)

    def _count_some(self, sending: Sending, events: int) -> None:
        self._count += events
        self._watcher.at = sending.received_at

    def _judge(self, values: tuple[Any, ...]) -> bool:
        told: list[Any] = []
        for (_, check), value in zip(self._checks, values, strict=True):
            check(value, told.append)
        return not told
