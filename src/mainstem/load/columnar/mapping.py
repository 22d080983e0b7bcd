"""Ask the transform what it does with the values of a form, by sending it marked examples.

Every value carries a mark of its own; a column that goes when a value goes holds that value. Values whose
absence changes what other columns hold (an address that another stands in for) are *guards*: the mapping
is asked anew for each choice of them. What cannot be explained that way, whatever the reason, is not mapped:
those events go the pure way. Nothing here knows a rule of the schema.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.load.columnar.leaves import Kind, Leaf, Path
from mainstem.load.schema import EventMetadata, Options, Provider, json_text, render_moment, transform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

MESSAGE_ID: Path = ("messageId",)
REQUEST_IP: Path = ("request_ip",)
RECEIVED_AT: Path = ("receivedAt",)
TIMES: tuple[Path, ...] = (("originalTimestamp",), ("sentAt",), ("timestamp",), RECEIVED_AT)
_ALWAYS = frozenset({MESSAGE_ID, *TIMES})
"""There in every event once it is enriched."""
_MOST_GUARDS = 4
_TRIALS = 12

_FIRST_MOMENT = datetime(2001, 2, 3, 4, 5, 6, 7000, UTC)


class NotMappable(Exception):
    """This form is left to the transform; the text says why."""


class Ambiguous(NotMappable):
    """Two of the form's values want one column, and their order in the event decides."""

    def __init__(self, paths: frozenset[Path]) -> None:
        self.paths = paths
        super().__init__(f"one column for several of {sorted('.'.join(path) for path in paths)}")


class Cell(msgspec.Struct, frozen=True):
    """A column that holds an input's value."""

    column: str
    input: int
    as_json: bool
    """The transform gives the JSON text of the value, typed as such."""


class MappedTable(msgspec.Struct, frozen=True):
    table: str
    cells: tuple[Cell, ...]
    constants: dict[str, tuple[str, Any]]
    """Columns that are the same for every event of the form: type (in the schema rules' words), value."""
    loaded_at: tuple[str, ...]
    """Columns without a value, which the loader fills in."""


class Question(msgspec.Struct, frozen=True):
    """What makes the transform's answer, beside the values."""

    type: str
    event: object
    provider: Provider
    options: Options
    metadata: EventMetadata


class FormMapping:
    """What becomes of the inputs of one form. `inputs` are its leaves and what every event has."""

    def __init__(self, leaves: Sequence[Leaf], question: Question) -> None:
        """Raises NotMappable."""
        self._question = question
        self.inputs = _inputs(leaves)
        self._marks = [_mark(number, leaf) for number, leaf in enumerate(self.inputs)]
        self._optional = [n for n, leaf in enumerate(self.inputs) if leaf.path not in _ALWAYS]
        self._check_order()
        self.guards = self._find_guards()
        self._variants: dict[frozenset[int], tuple[MappedTable, ...]] = {}
        self._check_by_chance()

    @property
    def provider(self) -> Provider:
        return self._question.provider

    def variant(self, absent: frozenset[int]) -> tuple[MappedTable, ...]:
        """The tables of events in which the guards `absent` are absent. Raises NotMappable."""
        if absent not in self._variants:
            self._variants[absent] = self._asked(absent)
        return self._variants[absent]

    def _answer(
        self, absent: Collection[int] = (), blank: Collection[int] = (), *, turned: bool = False
    ) -> dict[str, dict[str, tuple[str, Any]]]:
        """Table → column → (type, value) of an example without the `absent` inputs."""
        message: dict[str, Any] = {"type": self._question.type, "event": self._question.event}
        numbers = [n for n in range(len(self.inputs)) if n not in absent]
        for number in reversed(numbers) if turned else numbers:
            self.inputs[number].put("" if number in blank else self._marks[number], message)
        rows = transform(
            message,
            provider=self._question.provider,
            options=self._question.options,
            metadata=self._question.metadata,
            new_id=lambda: "",
        )
        answer = {
            row.table: {column: (kind, row.data.get(column)) for column, kind in row.columns.items()}
            for row in rows
        }
        if len(answer) != len(rows):
            raise NotMappable("two rows for one table")
        return answer

    def _check_order(self) -> None:
        first, second = self._answer(), self._answer(turned=True)
        if first == second:
            return
        found = {
            number
            for one, other in ((first, second), (second, first))
            for table, columns in one.items()
            for column, cell in columns.items()
            if other.get(table, {}).get(column) != cell
            for number in self._inputs_marked(cell[1])
        }
        raise Ambiguous(frozenset(self.inputs[number].path for number in found))

    def _inputs_marked(self, value: object) -> Iterable[int]:
        return (n for n, mark in enumerate(self._marks) if type(mark) is type(value) and mark == value)

    def _find_guards(self) -> tuple[int, ...]:
        whole = self._answer()
        guards = tuple(n for n in self._optional if not _only_lacks(self._answer([n]), whole))
        if len(guards) > _MOST_GUARDS:
            raise NotMappable(f"{len(guards)} values decide about others")
        for guard in guards:
            if self.inputs[guard].kind is not Kind.TEXT:
                raise NotMappable(f"{'.'.join(self.inputs[guard].path)} decides about others")
        return guards

    def _asked(self, absent: frozenset[int]) -> tuple[MappedTable, ...]:
        whole = self._answer(absent)
        owners: dict[tuple[str, str], int] = {}
        for number in self._optional:
            if number in absent:
                continue
            without = self._answer([*absent, number])
            if number not in self.guards and not _only_lacks(without, whole):
                raise NotMappable(f"{'.'.join(self.inputs[number].path)} decides about others at times")
            for table, columns in whole.items():
                for column in columns.keys() - without.get(table, {}).keys():
                    owners[table, column] = number
        for number in set(range(len(self.inputs))) - set(self._optional) | set(self.guards) - absent:
            for table, columns in whole.items():
                for column, (_, value) in columns.items():
                    if type(value) is str and value == self._marks[number]:
                        owners[table, column] = number
        return tuple(
            self._table(table, columns, {c: n for (t, c), n in owners.items() if t == table})
            for table, columns in whole.items()
        )

    def _table(
        self, table: str, columns: Mapping[str, tuple[str, Any]], owners: Mapping[str, int]
    ) -> MappedTable:
        cells = tuple(
            Cell(column, number, self._is_json(column, columns[column], number))
            for column, number in owners.items()
        )
        others = {column: cell for column, cell in columns.items() if column not in owners}
        return MappedTable(
            table,
            cells,
            {column: cell for column, cell in others.items() if cell[1] is not None},
            tuple(column for column, cell in others.items() if cell[1] is None),
        )

    def _is_json(self, column: str, cell: tuple[str, Any], number: int) -> bool:
        """Whether `cell` holds the JSON text of an input; raises NotMappable unless it holds the input."""
        kind, value = cell
        mark = self._marks[number]
        if kind == "json" and value == json_text(mark):
            return True
        if kind != "json" and type(value) is type(mark) and value == mark:
            return False
        raise NotMappable(f"{column} holds something made of {'.'.join(self.inputs[number].path)}")

    def _check_by_chance(self) -> None:
        """Foretell what the transform makes of examples that lack values at random."""
        chance = random.Random(len(self.inputs))  # noqa: S311 # the same examples for the same form
        for trial in range(_TRIALS):
            lacking = {n for n in self._optional if chance.random() < 0.5}
            blank = {n for n in lacking if self.inputs[n].kind is Kind.TEXT and trial % 2}
            if self._answer(lacking - blank, blank) != self._foretold(lacking):
                raise NotMappable("values decide about each other")

    def _foretold(self, lacking: Collection[int]) -> dict[str, dict[str, tuple[str, Any]]]:
        tables = self.variant(frozenset(self.guards) & frozenset(lacking))
        return {
            table.table: {
                **table.constants,
                **{column: ("datetime", None) for column in table.loaded_at},
                **{c.column: self._cell(c) for c in table.cells if c.input not in lacking},
            }
            for table in tables
        }

    def _cell(self, cell: Cell) -> tuple[str, Any]:
        leaf, mark = self.inputs[cell.input], self._marks[cell.input]
        return ("json", json_text(mark)) if cell.as_json else (_TYPED[leaf.kind, leaf.path in TIMES], mark)


_TYPED = {
    (Kind.TEXT, False): "string",
    (Kind.TEXT, True): "datetime",
    (Kind.INT, False): "int",
    (Kind.FLOAT, False): "float",
    (Kind.BOOL, False): "boolean",
    (Kind.LIST, False): "string",
}


def _inputs(leaves: Sequence[Leaf]) -> tuple[Leaf, ...]:
    """The form's own values, then what enriching makes sure of."""
    own = [leaf for leaf in leaves if leaf.path not in _ALWAYS and leaf.kind is not Kind.NULL]
    made = (MESSAGE_ID, *TIMES, REQUEST_IP)
    return (*own, *(Leaf(path, Kind.TEXT) for path in made))


def _mark(number: int, leaf: Leaf) -> Any:
    if leaf.path in TIMES:
        return render_moment(_FIRST_MOMENT + timedelta(seconds=number))
    marks: dict[Kind, Any] = {
        Kind.TEXT: f"probe-{number}-text",
        Kind.INT: 7_000_000_000 + number,
        Kind.FLOAT: 7_000_000 + number + 0.5,
        Kind.BOOL: True,
        Kind.LIST: [f"probe-{number}-item"],
        Kind.OBJECT: {"probe": number},
    }
    return marks[leaf.kind]


def _only_lacks(
    answer: Mapping[str, Mapping[str, object]], whole: Mapping[str, Mapping[str, object]]
) -> bool:
    """Whether `answer` is `whole` without some columns."""
    return answer.keys() == whole.keys() and all(
        whole[table].get(column) == cell
        for table, columns in answer.items()
        for column, cell in columns.items()
    )
