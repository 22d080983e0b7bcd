"""Why a number changed: the same question asked of states between two moments, one cause let happen after the
other, and what it changed by at each step.

The steps begin at the answer of the first moment and end at that of the second, so the parts add up to the
difference whatever is measured: sums, averages, counts of different values. For measures that do not add up,
how much falls to which cause depends on the order, which is always that of `Cause`. Where several builds lie
between and the moments alone do not tell, the steps lead from build to build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure, QueryError
from mainstem.query.changes.listing import Listing
from mainstem.query.changes.parts import Cause, Explanation, Number, NumberChange, minus
from mainstem.query.changes.state import compiled, counted
from mainstem.query.changes.walking import Asker, Span, Values, Walk
from mainstem.query.result import Cell, ColumnKind, OutputType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from mainstem.query.changes.state import State
    from mainstem.query.context import Context
    from mainstem.warehouse.moments import Moments

SHOWN_GROUPS = 200
_Steps = list[tuple[Cause, Values]]


class Leg(Span, frozen=True, kw_only=True):
    """From one build to the next, between the moments."""

    name: str
    open: Callable[[], AbstractContextManager[Moments]]


def explain(
    moments: Moments,
    then: State,
    now: State,
    context: Context,
    *,
    legs: Sequence[Leg] = (),
    tell: Callable[[str], None] = lambda step: None,
) -> Explanation:
    """`context` is who asks: what they may not see is part of no number. `legs` lead from the first moment to
    the second, build by build; without them it is not known which builds lie between. `tell` is called with
    what is done next. Raises QueryError for a question without numbers, or one that could not be asked at one
    of the moments."""
    asker = _asker(then, now, context)
    span = Span(then=then.version, now=now.version, one_build=len(legs) == 1)
    walk = Walk(moments, span, asker, then.data_at, tell)
    return _Explaining(moments, walk, asker, tell).explanation(legs)


def _asker(then: State, now: State, context: Context) -> Asker:
    old = msgspec.structs.replace(then, request=counted(then.request))
    new = msgspec.structs.replace(now, request=counted(now.request))
    columns = compiled(new, new.request, new.asked_at, context).columns
    measures = tuple(
        c.name for c in columns if c.kind is not ColumnKind.DIMENSION and c.type is OutputType.NUMBER
    )
    if not measures:
        raise QueryError("this question holds no number that could change")
    return Asker(
        then=old,
        now=new,
        context=context,
        dimensions=tuple(c.name for c in columns if c.kind is ColumnKind.DIMENSION),
        measures=measures,
        labels={column.name: column.field_label for column in columns},
    )


class _Explaining:
    def __init__(self, moments: Moments, walk: Walk, asker: Asker, tell: Callable[[str], None]) -> None:
        self._walk = walk
        self._asker = asker
        self._tell = tell
        self._notes: list[str] = []
        self._steps: _Steps = []
        shown = (*asker.dimensions, *asker.measures)
        self._listing = Listing(moments, walk.stand_ins, walk.comparing, asker.now, asker.context, shown)

    def explanation(self, legs: Sequence[Leg]) -> Explanation:
        asker = self._asker
        first = self._walk.asked_at("then", asker.then, asker.then.asked_at)
        last = self._walk.asked_at("now", asker.now, asker.now.asked_at)
        self._steps = [(Cause.REMAINDER, first)]
        try:
            self._tell("Asking of the days that filters mean now")
            window = self._walk.asked_at("then", asker.then, asker.now.asked_at)
            self._steps += [(Cause.WINDOW, window), *self._between(legs)]
        except QueryError as e:
            self._notes.append(
                f"From here on causes could not be told apart, for the question as it was cannot be asked of "
                f"tables as they are: {str(e).splitlines()[0]}"
            )
            self._steps.append((Cause.MIXED, last))
        else:
            self._steps.append((Cause.LOOKML, last))
        return self._told()

    def _between(self, legs: Sequence[Leg]) -> _Steps:
        steps = self._walk.steps()
        self._notes += self._walk.notes
        if not self._walk.is_unclear or len(legs) < 2:
            return steps
        try:
            along, notes = self._along(legs)
        except (QueryError, EnvironmentFailure) as e:
            self._notes.append(f"It could not be followed from build to build: {str(e).splitlines()[0]}")
            return steps
        self._notes = [f"{len(legs)} builds lie between, and it was followed from one to the next.", *notes]
        return along

    def _along(self, legs: Sequence[Leg]) -> tuple[_Steps, list[str]]:
        """What happened after the first moment of all is new, in each of them."""
        steps: _Steps = []
        notes: list[str] = []
        for n, leg in enumerate(legs, start=1):
            said = f"{leg.name} ({n} of {len(legs)}): "
            with leg.open() as moments:
                walk = Walk(moments, leg, self._asker, self._asker.then.data_at, _prefixed(self._tell, said))
                steps += walk.steps()
            notes += [f"{leg.name}: {note}" for note in (*walk.plan.notes, *walk.notes)]
        return steps, notes

    def _told(self) -> Explanation:
        self._tell("Listing the rows that changed")
        rows, note = self._listing.rows()
        asker, plan = self._asker, self._walk.plan
        groups = {key for _, values in (self._steps[0], self._steps[-1]) for key in values if key is not None}
        numbers = [self._number(measure, None) for measure in asker.measures]
        changes = [self._number(m, key) for key in groups for m in asker.measures] if asker.dimensions else []
        changed = sorted(
            (one for one in changes if one.difference or any(one.parts.values())),
            key=lambda one: (-abs(float(one.difference)), str(one.group)),
        )
        return Explanation(
            labels=self._labels(),
            dimensions=asker.dimensions,
            numbers=tuple(numbers),
            groups=tuple(changed[:SHOWN_GROUPS]),
            notes=(*plan.notes, *dict.fromkeys(self._notes)),
            changed_models=plan.changed,
            row_fields=self._listing.fields,
            key_field=self._listing.key or "",
            rows=rows,
            rows_note=note,
            then=asker.then.data_at,
            now=asker.now.data_at,
        )

    def _number(self, measure: str, group: tuple[Cell, ...] | None) -> NumberChange:
        values = [values.get(group, {}).get(measure) for _, values in self._steps]
        parts: dict[Cause, Number] = {}
        for (cause, _), before, after in zip(self._steps[1:], values, values[1:], strict=False):
            change = minus(after, before)
            if change:
                parts[cause] = parts.get(cause, 0) + change  # type: ignore[operator] # of one column
        return NumberChange(
            measure=measure,
            group=group or (),
            before=values[0],
            after=values[-1],
            parts={cause: parts[cause] for cause in Cause if parts.get(cause)},
        )

    def _labels(self) -> dict[str, str]:
        seen, listed = self._listing.seen, self._listing.fields
        return {name: seen[name].label for name in listed if name in seen} | self._asker.labels


def _prefixed(tell: Callable[[str], None], said: str) -> Callable[[str], None]:
    return lambda step: tell(f"{said}{step}")
