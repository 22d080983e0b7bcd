"""Applying a plan, and nothing else: batches that are noted before they are sent and settled afterwards.

Whatever dies, a batch is in one of three states: not sent; sent and not settled, then what came of it is
found out before anything else is written; settled. A row of which nobody knows whether it was written is
never sent again before that is known, as far as the destination can be read.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mainstem.activate.contract import Batch, Op, Refusal, Result, Trouble
from mainstem.activate.deciding import is_hands_off
from mainstem.activate.definition import address_of
from mainstem.activate.outcomes import (
    UNKNOWN,
    change_of,
    elsewhere,
    outcome_of,
    refused,
    still_due,
    write_of,
)
from mainstem.activate.settling import Standing, record_of, standing
from mainstem.activate.staleness import is_elsewhere
from mainstem.config import redact
from mainstem.errors import MainstemError, OutcomeUnknown, TransientError
from mainstem.store.activations import Settled, portions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mainstem.activate.contract import Destination, Target
    from mainstem.activate.deciding import Change
    from mainstem.activate.definition import Activation
    from mainstem.saas import Clock, Usage
    from mainstem.store.activations import (
        AcknowledgedRows,
        ActivationRuns,
        KeptBatch,
        KeptPlanRow,
        KeptRow,
        Plans,
    )

logger = logging.getLogger("mainstem.activate")

_TRIES = 5
_OPS = (Op.CREATE, Op.UPDATE, Op.DELETE)
_AGAIN = (Trouble.LOCKED, Trouble.AGAIN)
_PAUSE_SECONDS = 0.5
_HANDS_OFF = Refusal(
    Trouble.CHANGED,
    "HANDS_OFF",
    "somebody flagged the record to be left as it is, after the plan had read it",
)
_FORGOTTEN_AT_ONCE = 5000


@dataclass(frozen=True)
class Applied:
    """What a run came to."""

    run_id: int
    plan_id: int
    state: str
    """`success`; `partial`, when rows were refused, are unknown or were not reached; `failed`, when none of
    those that were due was written."""
    counts: Mapping[str, int]
    """Rows by what came of them: `written`, `refused`, `unknown`, `due`, and `mismatched` of the sample."""
    problem: str = ""


class Applier:
    """Applies plans of one activation. Whoever calls holds its fence."""

    def __init__(
        self,
        activation: Activation,
        destination: Destination,
        plans: Plans,
        rows: AcknowledgedRows,
        runs: ActivationRuns,
        clock: Clock,
        where: bytes = b"",
    ) -> None:
        """`where` is `settings.where_of` the destination."""
        self._activation = activation
        self._destination = destination
        self._plans = plans
        self._rows = rows
        self._runs = runs
        self._clock = clock
        self._address = address_of(activation, where)

    def settle_open(self) -> int:
        """Find out what came of batches that were sent and never settled; how many that were. Of one that
        went to other records than the activation is about now, nobody can ask: its rows are unknown.

        Raises TransientError when it cannot be found out now; then nothing else may be written.
        """
        found = self._runs.open_batches(self._activation.name)
        for kept in found:
            if is_elsewhere(kept, self._activation, self._address):
                self._give_up(kept)
            else:
                self._settle_kept(kept)
        return len(found)

    def apply(self, plan_id: int, by: str, despite: Sequence[str] = ()) -> Applied:
        """Write what stands in the plan and is still due. Raises what cannot be told of rows, after it is
        written down in the run."""
        began = self._clock.now()
        run_id = self._runs.begin(plan_id, self._activation.name, began, by, despite)
        before = self._destination.usage.copy()
        problem = ""
        mismatched: list[str] = []
        try:
            self.settle_open()
            for op in _OPS:
                for level in self._plans.levels(plan_id, op.value):
                    self._write_level(run_id, plan_id, op, level)
            self._forget(run_id, plan_id)
            mismatched = self._mismatched(run_id, plan_id)
        except TransientError as e:
            problem = redact(str(e))
        except MainstemError as e:
            self._finish(run_id, plan_id, before, "failed", {}, redact(str(e)))
            raise
        counts = self._counts(plan_id, len(mismatched))
        if mismatched:
            problem = f"read back, these were not as written: {', '.join(mismatched[:5])}"
        state = _state(counts, problem)
        self._finish(run_id, plan_id, before, state, counts, problem)
        return Applied(run_id, plan_id, state, counts, problem)

    def _finish(
        self, run_id: int, plan_id: int, before: Usage, state: str, counts: Mapping[str, int], problem: str
    ) -> None:
        used = self._destination.usage.minus(before)
        now = self._clock.now()
        self._runs.finish(run_id, now, state, counts, used.calls, used.waited_seconds, problem)
        self._plans.set_state(plan_id, "applied" if state == "success" else "partial", problem)

    def _write_level(self, run_id: int, plan_id: int, op: Op, level: int) -> None:
        size = self._destination.largest(op, self._plans.count_due(plan_id, op.value, level))
        tried: Counter[int] = Counter()
        pause = 0
        while rows := self._plans.due(plan_id, op.value, level, size):
            again, count = self._write(run_id, plan_id, op, rows, tried), len(rows)
            rows = []  # the next ones are not to stand beside these
            if again:
                size = max(1, min(size, count) // 4)
                pause += 1
                self._clock.sleep(_PAUSE_SECONDS * min(pause, 8))

    def _write(
        self, run_id: int, plan_id: int, op: Op, rows: Sequence[KeptPlanRow], tried: Counter[int]
    ) -> bool:
        """Whether some have to be sent again."""
        changes = {row.number: change_of(row) for row in rows}
        settled, left = self._looked_at(rows, changes)
        if settled:
            held = self._held(row for row, _ in settled)
            outcomes = [self._outcome(row, changes[row.number], result, held) for row, result in settled]
            self._settle(run_id, plan_id, None, outcomes)
        if not left:
            return False
        batch_id = self._runs.send(run_id, plan_id, op.value, [row.number for row in left], self._clock.now())
        batch = self._batch(batch_id, op, left, changes)
        ticket = ""

        def note(told: str) -> None:
            nonlocal ticket
            self._runs.note_ticket(batch_id, told)
            ticket = told

        try:
            results = self._destination.write(batch, note)
        except OutcomeUnknown as e:
            logger.warning("%s: batch %s: %s", self._activation.name, batch.name, e)
            results = self._found_out(batch, ticket, changes)
        except TransientError as e:
            self._settle(run_id, plan_id, batch_id, [still_due(row, e, changes) for row in left])
            raise
        except MainstemError as e:
            self._settle(run_id, plan_id, batch_id, [refused(row, Trouble.DATA, e, changes) for row in left])
            raise
        return self._settle(run_id, plan_id, batch_id, self._outcomes(left, changes, results, tried))

    def _looked_at(
        self, rows: Sequence[KeptPlanRow], changes: Mapping[int, Change]
    ) -> tuple[list[tuple[KeptPlanRow, Result]], list[KeptPlanRow]]:
        """Rows that need no write any more, or may not be written; and those that do."""
        if not self._destination.powers.reads:
            return [], list(rows)
        looked_for = [row.key for row in rows if row.tries or changes[row.number].op is not Op.CREATE]
        targets = self._targets(looked_for) if looked_for else {}
        settled: list[tuple[KeptPlanRow, Result]] = []
        left: list[KeptPlanRow] = []
        for row in rows:
            change = changes[row.number]
            if change.op is Op.CREATE and not row.tries:
                left.append(row)
                continue
            there = targets.get(row.key, [])
            result = self._standing_result(row.number, change, there)
            if result is not None and result.refusal is None and change.parents and change.op is Op.UPDATE:
                result = None  # what a record hangs on is not among what is read
            if result is None and any(is_hands_off(target, self._activation) for target in there):
                result = Result(row.number, change.id, _HANDS_OFF)
            if result is None:
                left.append(row)
            else:
                settled.append((row, result))
        return settled, left

    def _standing_result(self, number: int, change: Change, targets: Sequence[Target]) -> Result | None:
        """What came of a change already; None when it is still to be written."""
        match standing(change, targets):
            case Standing.WRITTEN:
                return Result(number, record_of(change, targets))
            case Standing.NOT_WRITTEN:
                return None
            case Standing.CHANGED:
                if self._activation.edit_policy == "ours" and change.op is Op.UPDATE:
                    return None
                return Result(
                    number,
                    change.id,
                    Refusal(Trouble.CHANGED, "CHANGED", "somebody changed it after the plan had read it"),
                )
            case Standing.GONE:
                return Result(
                    number, change.id, Refusal(Trouble.GONE, "GONE", "the record is not there any more")
                )
            case Standing.TAKEN:
                return Result(
                    number, "", Refusal(Trouble.TAKEN, "TAKEN", "another record has this key by now")
                )

    def _targets(self, keys: Sequence[str], changes: Iterable[Change] = ()) -> dict[str, list[Target]]:
        """Records by key, with the fields of `changes` too: those may be of a mapping that is no more."""
        match = self._activation.match
        shape = self._destination.shape(self._activation.object)
        changed = {field for change in changes for field in (*change.values, *change.before)}
        fields = dict.fromkeys((*self._activation.targets(), *sorted(changed & shape.fields.keys())))
        fields.pop(match.to, None)
        found: dict[str, list[Target]] = {}
        for target in self._destination.read(shape, match.to, keys, tuple(fields)):
            found.setdefault(target.key, []).append(target)
        return found

    def _found_out(self, batch: Batch, ticket: str, changes: Mapping[int, Change]) -> Sequence[Result]:
        """What came of a batch whose answer was lost. Raises TransientError when that cannot be found out."""
        told = self._destination.resume(batch, ticket) if ticket else None
        if told is not None:
            return told
        if self._destination.powers.repeats_safely:
            return self._destination.write(batch, lambda ticket: None)
        if not self._destination.powers.reads:
            return [
                Result(write.number, "", Refusal(Trouble.AGAIN, UNKNOWN, "nobody knows whether it was sent"))
                for write in batch.writes
            ]
        targets = self._targets([write.key for write in batch.writes], changes.values())
        results: list[Result] = []
        for write in batch.writes:
            result = self._standing_result(write.number, changes[write.number], targets.get(write.key, []))
            results.append(
                result
                or Result(
                    write.number,
                    write.id,
                    Refusal(Trouble.AGAIN, "LOST", "no answer came, and it was not done"),
                )
            )
        return results

    def _settle_kept(self, kept: KeptBatch) -> None:
        rows = self._plans.of_batch(kept.id)
        changes = {row.number: change_of(row) for row in rows}
        batch = self._batch(kept.id, Op(kept.op), rows, changes)
        results = self._found_out(batch, kept.ticket, changes) if rows else []
        outcomes = self._outcomes(rows, changes, results, Counter())
        self._settle(kept.run_id, kept.plan_id, kept.id, outcomes)

    def _give_up(self, kept: KeptBatch) -> None:
        """The ledger of those records is forgotten too, when the next plan is made."""
        logger.warning(
            "%s: batch %d went to %s, %s, and what came of it was never told; %s writes elsewhere now",
            *(self._activation.name, kept.id, kept.destination, kept.object, self._activation.name),
        )
        outcomes = [elsewhere(row, kept) for row in self._plans.of_batch(kept.id)]
        self._settle(kept.run_id, kept.plan_id, kept.id, outcomes)

    def _batch(
        self, batch_id: int, op: Op, rows: Iterable[KeptPlanRow], changes: Mapping[int, Change]
    ) -> Batch:
        activation = self._activation
        writes = [write_of(row, changes[row.number]) for row in rows]
        return Batch(f"{activation.name}-{batch_id}", activation.object, activation.match.to, op, writes)

    def _outcomes(
        self,
        rows: Sequence[KeptPlanRow],
        changes: Mapping[int, Change],
        results: Sequence[Result],
        tried: Counter[int],
    ) -> Iterator[Settled]:
        """Of each row, made as they are asked for: a batch may be large."""
        by_number = {result.number: result for result in results}
        for portion in portions(rows):
            held = self._held(portion)
            for row in portion:
                result = by_number.get(row.number)
                if result is None:
                    result = Result(
                        row.number, "", Refusal(Trouble.AGAIN, "UNTOLD", "no result came for this row")
                    )
                outcome = self._outcome(row, changes[row.number], result, held)
                if result.refusal:
                    tried[row.number] += 1
                    if self._is_sent_again(result.refusal, tried[row.number]):
                        outcome = replace(outcome, state="due")
                yield outcome

    def _is_sent_again(self, refusal: Refusal, tried: int) -> bool:
        if refusal.trouble not in _AGAIN or tried >= _TRIES:
            return False
        return refusal.code != UNKNOWN or self._activation.on_unknown == "send_again"

    def _held(self, rows: Iterable[KeptPlanRow]) -> Mapping[str, KeptRow]:
        return self._rows.find(self._activation.name, [row.key for row in rows])

    def _outcome(
        self, row: KeptPlanRow, change: Change, result: Result, held: Mapping[str, KeptRow]
    ) -> Settled:
        return outcome_of(row, change, result, held.get(row.key), self._clock.now())

    def _settle(self, run_id: int, plan_id: int, batch: int | None, rows: Iterable[Settled]) -> bool:
        """Whether some of them are due again."""
        is_due = False

        def passing() -> Iterator[Settled]:
            nonlocal is_due
            for row in rows:
                is_due |= row.state == "due"
                yield row

        self._runs.settle(run_id, plan_id, self._activation.name, batch, passing(), self._clock.now())
        return is_due

    def _forget(self, run_id: int, plan_id: int) -> None:
        while rows := self._plans.rows(plan_id, states=["due"], ops=["forget"], limit=_FORGOTTEN_AT_ONCE):
            outcomes = [
                Settled(row.number, row.key, row.op, "", b"", "written", forgets=True) for row in rows
            ]
            self._settle(run_id, plan_id, None, outcomes)

    def _mismatched(self, run_id: int, plan_id: int) -> list[str]:
        """Keys of a sample whose records are not as we wrote them, nor as somebody did after."""
        if not self._activation.sample or not self._destination.powers.reads:
            return []
        rows = self._plans.written_sample(plan_id, run_id, self._activation.sample)
        targets = self._targets([row.key for row in rows]) if rows else {}
        return [
            row.key
            for row in rows
            if standing(change_of(row), targets.get(row.key, [])) in (Standing.NOT_WRITTEN, Standing.GONE)
        ]

    def _counts(self, plan_id: int, mismatched: int) -> dict[str, int]:
        found: Counter[str] = Counter()
        for (op, state), count in self._plans.counts(plan_id).items():
            if op in (one.value for one in _OPS):
                found[state] += count
        return {**found, "mismatched": mismatched}


def _state(counts: Mapping[str, int], problem: str) -> str:
    undone = sum(counts.get(name, 0) for name in ("refused", "unknown", "due", "sent", "mismatched"))
    if not undone and not problem:
        return "success"
    return "partial" if counts.get("written", 0) else "failed"
