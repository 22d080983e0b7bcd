"""Making a plan: source against ledger, the records that have to be looked at, a decision for each, guards.

It writes to no destination. What it learned of records that are as wanted is acknowledged at once; all else
stands in the plan and waits for somebody to apply it.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from mainstem.activate.contract import Op, Parent, Target
from mainstem.activate.deciding import (
    Acknowledged,
    Change,
    Forgotten,
    Passed,
    Same,
    day_fields,
    decide,
    decide_gone,
    decide_gone_unread,
    decide_unread,
    is_due,
)
from mainstem.activate.definition import address_of, digest_of
from mainstem.activate.guards import Counts, judge
from mainstem.activate.levels import levels_of
from mainstem.activate.mapping import Fault, Wanted, key_field, missing_columns, suits, wanted
from mainstem.activate.outcomes import body_of
from mainstem.activate.shapes import comparable
from mainstem.activate.staging import Staging
from mainstem.activate.staleness import is_elsewhere
from mainstem.config import redact
from mainstem.errors import UsageError
from mainstem.store.activations import KeptPlanRow, KeptRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mainstem.activate.contract import Destination
    from mainstem.activate.deciding import Decision
    from mainstem.activate.definition import Activation
    from mainstem.activate.shapes import Shape
    from mainstem.saas import Clock
    from mainstem.store.activations import AcknowledgedRows, KeptPlan, Plans

_AT_ONCE = 2000


class Rows(Protocol):
    """The source."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def snapshot(self) -> int | None:
        """Of the lake, that they are of."""

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        """By column, in any order."""


class Planner:
    """Plans one activation. Whoever calls holds its fence, and has settled what was sent before."""

    def __init__(
        self,
        activation: Activation,
        destination: Destination,
        plans: Plans,
        rows: AcknowledgedRows,
        clock: Clock,
        place: bytes = b"",
        where: bytes = b"",
    ) -> None:
        """`place` is `settings.place_of` the destination: a plan is stale once that is another. `where` is
        `settings.where_of` it: the ledger starts anew once that is another."""
        self._activation = activation
        self._destination = destination
        self._plans = plans
        self._rows = rows
        self._clock = clock
        self._place = place
        self._address = address_of(activation, where)

    def plan(self, source: Rows, by: str) -> KeptPlan:
        """A plan, stored. Raises UsageError, with all that does not suit, before anything is stored; what
        reading source and destination raises afterwards, and the plan has failed."""
        shape = self.suited(source.columns)
        activation = self._activation
        self._forget_others()
        number = self._plans.begin(
            activation.name,
            activation.destination,
            activation.object,
            digest_of(activation, self._place),
            source.snapshot,
            self._clock.now(),
            by,
            self._address,
        )
        try:
            with tempfile.TemporaryDirectory(prefix="mainstem-plan-") as folder:
                self._fill(number, source, shape, Path(folder))
        except BaseException as e:
            self._plans.set_state(number, "failed", redact(str(e)))
            raise
        made = self._plans.find(number)
        if made is None:
            raise AssertionError("the plan was made just now")
        return made

    def _forget_others(self) -> None:
        """What other records have, or the same by another key, says nothing of these: the ledger starts
        anew."""
        last = next(iter(self._plans.newest(self._activation.name)), None)
        if last and is_elsewhere(last, self._activation, self._address):
            self._rows.forget_all(self._activation.name)

    def suited(self, columns: Sequence[str]) -> Shape:
        """The object, that the activation suits. Raises UsageError."""
        activation = self._activation
        shape = self._destination.shape(activation.object)
        wrong = [*missing_columns(activation, dict.fromkeys(columns))]
        wrong += [str(problem) for problem in suits(activation, shape, self._destination.powers)]
        if wrong:
            raise UsageError(f"activation {activation.name} cannot be planned: " + "; ".join(wrong))
        return shape

    def _fill(self, number: int, source: Rows, shape: Shape, folder: Path) -> None:
        with closing(Staging(folder / "staged")) as staging:
            making = _Making(self._activation, self._destination, shape, staging, self._rows)
            making.compare(source)
            making.look()
            pending: list[KeptPlanRow] = []
            learned: list[KeptRow] = []
            for row in making.rows(self._clock.now()):
                if isinstance(row, KeptRow):
                    learned.append(row)
                else:
                    pending.append(row)
                if len(pending) + len(learned) >= _AT_ONCE:
                    self._store(number, pending, learned)
            self._store(number, pending, learned)
            if making.creates_with_parents:
                self._plans.level(number, making.levels())
        judged = judge(making.counts, self._activation.guards)
        is_kept = all(one.is_kept for one in judged)
        self._plans.made(
            number,
            "planned" if is_kept else "blocked",
            msgspec.to_builtins(making.counts),
            msgspec.to_builtins(judged),
            making.as_of,
        )

    def _store(self, number: int, pending: list[KeptPlanRow], learned: list[KeptRow]) -> None:
        if pending:
            self._plans.add(number, pending)
            pending.clear()
        if learned:
            self._rows.keep(self._activation.name, learned)
            learned.clear()


class _Making:
    """One plan on its way."""

    def __init__(
        self,
        activation: Activation,
        destination: Destination,
        shape: Shape,
        staging: Staging,
        rows: AcknowledgedRows,
    ) -> None:
        self.counts = Counts()
        self.as_of = ""
        self.creates_with_parents: dict[str, tuple[int, tuple[str, ...]]] = {}
        """Key → number and the keys of parents that are of the same object."""
        self._activation = activation
        self._destination = destination
        self._shape = shape
        self._staging = staging
        self._rows = rows
        self._number = 0
        self._days = day_fields(activation)
        self._fields = frozenset(activation.targets())
        self._key_field = key_field(activation, shape)
        self._is_tree = bool(activation.match.to) and any(
            relation.object in ("", activation.object) for relation in activation.relations
        )
        """Whether records may hang on others of the same object."""
        self._faults: list[Fault] = []
        self._renamed: list[tuple[str, str]] = []
        self._is_blank_somewhere = False
        """A key is."""

    def compare(self, source: Rows) -> None:
        """The source and what is held, both in the order of their keys."""
        self._staging.want((comparable(row.key, self._key_field), row) for row in self._wanted(source))
        held = self._rows.in_order(self._activation.name)
        next_held = next(held, None)
        for row, repeats in self._staging.in_order():
            if repeats:
                self._faults.append(Fault(row.key, "", "stands twice in the source; the first counts"))
                continue
            while next_held is not None and next_held.key < row.key:
                self._gone(next_held)
                next_held = next(held, None)
            known = None
            if next_held is not None and next_held.key == row.key:
                known, next_held = self._held(next_held), next(held, None)
                self.counts.held += 1
            self._compared(row, known)
        while next_held is not None:
            self._gone(next_held)
            next_held = next(held, None)
        if self._renamed:
            self._rows.rename(self._activation.name, self._renamed)
        self.counts.faults = len(self._faults)

    def look(self) -> None:
        """Read the records that rows wait for."""
        if self._destination.powers.reads and (keys := self._staging.keys()):
            fields = self._activation.targets()
            self._staging.found(self._destination.read(self._shape, self._activation.match.to, keys, fields))
        else:
            self._staging.found(())

    def rows(self, now: datetime) -> Iterator[KeptPlanRow | KeptRow]:
        """The plan's rows, and what was learned of records that are as wanted."""
        for row, held, targets in self._staging.joined():
            decision = self._decided(row, held, targets)
            if isinstance(decision, Same):
                self.counts.same += 1
                self.counts.left_alone += bool(decision.left_alone)
                parents = msgspec.to_builtins(row.parents if row else {})
                is_ours = bool(held and held.is_ours and held.id == decision.id)
                yield KeptRow(
                    decision.key, decision.id, dict(decision.written), parents, decision.digest, is_ours, now
                )
            else:
                yield self._planned(decision)
        for fault in self._faults:
            yield self._row(
                "pass", fault.key, state="passed", trouble="fault", code=fault.column, message=fault.why
            )

    def levels(self) -> list[tuple[int, int]]:
        """Creates that hang on others of this plan, by number, behind those. Raises UsageError for a
        circle."""
        creates = self.creates_with_parents
        levels = levels_of({key: parents for key, (_, parents) in creates.items()})
        return [(creates[key][0], one) for key, one in levels.items() if one]

    def _wanted(self, source: Rows) -> Iterator[Wanted]:
        for row in source:
            self.counts.source += 1
            made = wanted(row, self._activation, self._shape)
            if isinstance(made, Fault):
                self._faults.append(made)
                self._is_blank_somewhere |= not made.key
                if made.key:  # its record stays what it was: the row has not left
                    yield Wanted(made.key, {})
                continue
            self.as_of = min(filter(None, (self.as_of, made.as_of)), default="")
            yield made

    def _compared(self, row: Wanted, held: Acknowledged | None) -> None:
        if not row.groups and not row.parents:
            return
        if is_due(row, held, self._activation):
            self._staging.add(row.key, row, held)
        else:
            self.counts.unchanged += 1

    def _gone(self, row: KeptRow) -> None:
        """Its row has left; unless the key is only spelled otherwise now, or some row's key is blank, which
        may be its."""
        self.counts.held += 1
        field = self._key_field
        spelled = self._staging.spelled(comparable(row.key, field)) if field.ignores_case else None
        if spelled is not None:
            self._renamed.append((row.key, spelled))
            self._staging.hold(spelled, self._held(row))
        elif not self._is_blank_somewhere:
            self._staging.add(row.key, None, self._held(row))

    def _decided(self, row: Wanted | None, held: Acknowledged | None, targets: list[Target]) -> Decision:
        powers = self._destination.powers
        if row is not None and not powers.reads:
            return decide_unread(row, held, powers.ops)
        if row is not None:
            return decide(row, held, targets, self._activation)
        if held is None:
            raise AssertionError("a row that is staged is wanted or held")
        if not powers.reads:
            return decide_gone_unread(held, powers.ops, self._activation)
        return decide_gone(held, targets, self._activation, self.as_of)

    def _planned(self, decision: Change | Passed | Forgotten) -> KeptPlanRow:
        match decision:
            case Passed():
                self.counts.passed += 1
                return self._row(
                    "pass",
                    decision.key,
                    decision.id,
                    state="passed",
                    code=decision.why,
                    message=decision.detail,
                )
            case Forgotten():
                self.counts.forget += 1
                return self._row("forget", decision.key)
            case Change():
                return self._change(decision)

    def _change(self, change: Change) -> KeptPlanRow:
        self.counts.left_alone += bool(change.left_alone)
        match change.op:
            case Op.CREATE:
                self.counts.create += 1
            case Op.DELETE:
                self.counts.delete += 1
            case Op.UPDATE:
                self.counts.update += 1
                self.counts.clear += change.has_left
                self.counts.refresh += self._days >= {*change.values, *change.parents}
        if change.op is Op.CREATE and self._is_tree:
            object_, match = self._activation.object, self._activation.match.to
            own = tuple(
                one.value for one in change.parents.values() if (one.object, one.by) == (object_, match)
            )
            self.creates_with_parents[change.key] = (self._number, own)
        parents = (one.value for _, one in sorted(change.parents.items()))
        return self._row(
            change.op.value,
            change.key,
            change.id,
            body=body_of(change),
            sorted_by="|".join((*parents, change.id or change.key)),
            digest=change.digest,
            modified_at=change.modified_at,
        )

    def _row(
        self, op: str, key: str, target_id: str = "", *, body: dict[str, Any] | None = None, **more: Any
    ) -> KeptPlanRow:
        number, self._number = self._number, self._number + 1
        fields = {"digest": b"", "modified_at": None, "level": 0, "sorted_by": "", **more}
        return KeptPlanRow(number=number, op=op, key=key, target_id=target_id, body=body or {}, **fields)

    def _held(self, row: KeptRow) -> Acknowledged:
        """What a field that is mapped no more holds is nobody's business here."""
        ours = self._fields
        return Acknowledged(
            key=row.key,
            id=row.target_id,
            written={field: value for field, value in row.written.items() if field in ours},
            parents={
                field: msgspec.convert(one, Parent) for field, one in row.parents.items() if field in ours
            },
            digest=row.digest,
            is_ours=row.is_ours,
            at=row.at,
        )
