"""Bring the events of files into the log, once each, however often it is begun.

Each event goes through the checks and steps of its source, as on arrival; what they hold back goes into the
quarantine, and what is no event is told with file and line. A group is durable before it is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from mainstem.events import Dropped, Quarantined, Received, encode_quarantined, encode_received
from mainstem.load.backfill.offered import MessageIds, offer
from mainstem.load.backfill.reading import format_of, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from mainstem.load.backfill.offered import Offered
    from mainstem.load.backfill.position import Position
    from mainstem.load.backfill.reading import Format, Found
    from mainstem.log import LogWriter

    Judge = Callable[[Offered], Received | Quarantined | Dropped]
    """What its source makes of an event."""
    Loaded = Callable[[Sequence[str]], Collection[str]]
    """Which of these message ids stand in the tables already."""

GROUP = 500
"""Events that become durable together."""
_MOST_EXAMPLES = 5


class Rejection(msgspec.Struct, frozen=True):
    """Events that were not taken, for one reason."""

    reason: str
    count: int
    examples: tuple[str, ...]
    """`file:line`, of the first ones."""


class BackfillReport(msgspec.Struct, frozen=True):
    """Of this run alone."""

    accepted: int
    held: tuple[Rejection, ...]
    """By the source's checks and steps: they are in the quarantine now."""
    dropped: tuple[Rejection, ...]
    """By its steps, on purpose."""
    unreadable: tuple[Rejection, ...]
    """They stand in the file, and nowhere else."""
    loaded: int
    """Left out because they stand in the tables."""
    repeated: int
    """Left out because the run before was stopped after it had written them."""
    went_on: bool
    """Whether an earlier run had begun it."""


@dataclass
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, place: str) -> None:
        self.counts[reason] += 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < _MOST_EXAMPLES:
            examples.append(place)

    def rejections(self) -> tuple[Rejection, ...]:
        found = self.counts.most_common()
        return tuple(Rejection(why, count, tuple(self.examples[why])) for why, count in found)


class Backfill:
    """One run over some files for one source."""

    def __init__(
        self,
        position: Position,
        judge: Judge,
        *,
        stamp: Callable[[], str],
        already: Collection[str] = (),
        loaded: Loaded = lambda _: (),
        save: Callable[[Position], None] = lambda _: None,
        tell: Callable[[int], None] = lambda _: None,
        group: int = GROUP,
    ) -> None:
        """`already`: message ids that the run before wrote and did not count. `save` is given each position
        once what it counts is durable; `tell` how many events were gone through."""
        self._position = position
        self._judge = judge
        self._stamp = stamp
        self._already = set(already)
        self._loaded = loaded
        self._save = save
        self._tell = tell
        self._at_once = group
        self._went_on = bool(position.done or position.finished)
        self._seen = self._accepted = self._skipped = self._repeated = 0
        self._held, self._dropped, self._unreadable = _Tally(), _Tally(), _Tally()

    async def run(
        self, files: Sequence[Path], kind: Format | None, events: LogWriter | None, held: LogWriter | None
    ) -> BackfillReport:
        """Without writers it writes nothing, and says what it would do.

        Raises UsageError for a file that cannot be read, LogUnavailable when the disk is full: then it goes
        on from there when it is begun again.
        """
        for path in files:
            if str(path) not in self._position.finished:
                await self._file(path, kind or format_of(path), events, held)
        return BackfillReport(
            self._accepted,
            self._held.rejections(),
            self._dropped.rejections(),
            self._unreadable.rejections(),
            self._skipped,
            self._repeated,
            self._went_on,
        )

    async def _file(self, path: Path, kind: Format, events: LogWriter | None, held: LogWriter | None) -> None:
        ids = MessageIds(self._position.source_id)
        found = read_file(path, kind)
        done = self._position.done.get(str(path), 0)
        for one in islice(found, done):  # what was dealt with is read again for the ids it takes
            self._offered(one, ids)
        while group := list(islice(found, self._at_once)):
            await self._group(path, group, ids, events, held)
            done += len(group)
            self._count(events, {**self._position.done, str(path): done}, self._position.finished)
            self._tell(self._seen)
        rest = {name: count for name, count in self._position.done.items() if name != str(path)}
        self._count(events, rest, (*self._position.finished, str(path)))

    async def _group(
        self,
        path: Path,
        group: Sequence[Found],
        ids: MessageIds,
        events: LogWriter | None,
        held: LogWriter | None,
    ) -> None:
        records: list[bytes] = []
        quarantined: list[bytes] = []
        offered = [(one, self._offered(one, ids, path)) for one in group]
        known = self._loaded([_message_id(event) for _, event in offered if event is not None])
        for one, event in offered:
            self._seen += 1
            if event is None or self._is_known(event, known):
                continue
            verdict = self._judge(event)
            place = f"{path}:{one.line}"
            match verdict:
                case Received():
                    records.append(encode_received(verdict))
                    self._accepted += 1
                case Dropped(reason):
                    self._dropped.add(reason, place)
                case Quarantined():
                    self._held.add(verdict.reason, place)
                    quarantined.append(encode_quarantined(verdict))
        if records and events is not None:
            await events.append(records)
        if quarantined and held is not None:
            await held.append(quarantined)

    def _is_known(self, event: Offered, known: Collection[str]) -> bool:
        message_id = _message_id(event)
        if message_id in self._already:
            self._repeated += 1
            return True
        if message_id in known:
            self._skipped += 1
            return True
        return False

    def _offered(self, one: Found, ids: MessageIds, path: Path | None = None) -> Offered | None:
        """None for what is no event; told where `path` is given."""
        problem = one.problem
        if one.event is not None:
            try:
                return offer(one.event, ids, self._stamp())
            except (UnicodeEncodeError, TypeError, RecursionError, OverflowError) as e:
                problem = f"cannot be written as JSON: {e}"
        if path is not None:
            self._unreadable.add(problem, f"{path}:{one.line}")
        return None

    def _count(self, events: LogWriter | None, done: dict[str, int], finished: tuple[str, ...]) -> None:
        end = events.durable_end if events is not None else self._position.log_end
        self._position = msgspec.structs.replace(
            self._position,
            done=done,
            finished=finished,
            log_end=end,
        )
        if events is not None:
            self._save(self._position)


def _message_id(event: Offered) -> str:
    if event.message_id is not None:
        return event.message_id
    return str(_decode_id(event.event).message_id).strip()


class _OwnId(msgspec.Struct, gc=False, rename="camel"):
    message_id: object = None


_decode_id = msgspec.json.Decoder(_OwnId).decode
