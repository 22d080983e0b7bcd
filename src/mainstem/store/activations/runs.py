"""Runs of plans: what was sent in which batch, and what came of every row.

A batch is noted before it is sent and settled in one transaction with the rows it wrote; what was sent and
never settled is found by `open_batches`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, LiteralString, TypeVar

from psycopg.types.json import Jsonb

from mainstem.store.activations.acknowledged import AcknowledgedRows
from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mainstem.store.activations.acknowledged import KeptRow
    from mainstem.store.database import Database

RUNS = Table(
    "activation_runs",
    {
        "id": "bigint",
        "plan_id": "bigint",
        "activation": "text",
        "began_at": "timestamp with time zone",
        "ended_at": "timestamp with time zone?",
        "began_by": "text",
        "despite": "text[]",
        "state": "text",
        "counts": "jsonb",
        "calls": "bigint",
        "waited_seconds": "double precision",
        "problem": "text",
    },
)
BATCHES = Table(
    "activation_batches",
    {
        "id": "bigint",
        "run_id": "bigint",
        "plan_id": "bigint",
        "op": "text",
        "ticket": "text",
        "is_settled": "boolean",
        "sent_at": "timestamp with time zone",
        "settled_at": "timestamp with time zone?",
    },
)
LOG = Table(
    "activation_log",
    {
        "id": "bigint",
        "run_id": "bigint",
        "activation": "text",
        "key": "text",
        "op": "text",
        "target_id": "text",
        "payload": "bytea",
        "state": "text",
        "trouble": "text",
        "code": "text",
        "message": "text",
        "try": "integer",
        "at": "timestamp with time zone",
    },
)
_AT_ONCE = 2000
_T = TypeVar("_T")
_RUN: LiteralString = (
    "SELECT id, plan_id, activation, began_at, ended_at, began_by, despite, state, counts, calls, "
    "waited_seconds, problem FROM activation_runs"
)


@dataclass(frozen=True)
class KeptActivationRun:
    id: int
    plan_id: int
    activation: str
    began_at: datetime
    ended_at: datetime | None
    began_by: str
    despite: list[str]
    """Guards that whoever began it set aside."""
    state: str
    """`running`, `success`, `partial` (some rows were not written), `failed`, `broken_off` (it died)."""
    counts: dict[str, int]
    calls: int
    waited_seconds: float
    problem: str


@dataclass(frozen=True)
class KeptBatch:
    id: int
    run_id: int
    plan_id: int
    op: str
    ticket: str
    destination: str
    object: str
    address: bytes
    """Of the plan, as `KeptPlan` has it."""


@dataclass(frozen=True)
class Settled:
    """What came of one row of a plan, to be written down."""

    number: int
    key: str
    op: str
    target_id: str
    payload: bytes
    """Digest of what was sent."""
    state: str
    """`written`, `refused`, `unknown`; `due` when it is to be sent again."""
    trouble: str = ""
    code: str = ""
    message: str = ""
    tries: int = 1
    keeps: KeptRow | None = None
    """What is acknowledged by it."""
    forgets: bool = False
    """The row is not followed any more."""


@dataclass(frozen=True)
class KeptLogRow:
    id: int
    run_id: int
    activation: str
    key: str
    op: str
    target_id: str
    payload: bytes
    state: str
    trouble: str
    code: str
    message: str
    tries: int
    at: datetime


@dataclass(frozen=True)
class _Id:
    id: int


def portions(rows: Iterable[_T]) -> Iterator[list[_T]]:
    """As many at a time as are settled by one statement, so that no more are held."""
    left = iter(rows)
    while portion := list(islice(left, _AT_ONCE)):
        yield portion


class ActivationRuns:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = AcknowledgedRows(database)

    def begin(self, plan_id: int, activation: str, at: datetime, by: str, despite: Sequence[str]) -> int:
        """A new run, its number. One of this activation that never ended is broken off: its process died."""
        with self._database.transaction():
            self._database.run(
                "UPDATE activation_runs SET state = 'broken_off', ended_at = %(at)s "
                "WHERE activation = %(activation)s AND state = 'running'",
                {"activation": activation, "at": at},
            )
            self._database.run(
                "UPDATE activation_plans SET state = 'applying' WHERE id = %(plan)s", {"plan": plan_id}
            )
            begun = self._database.one(
                _Id,
                "INSERT INTO activation_runs (plan_id, activation, began_at, began_by, despite) "
                "VALUES (%(plan)s, %(activation)s, %(at)s, %(by)s, %(despite)s) RETURNING id",
                {
                    "plan": plan_id,
                    "activation": activation,
                    "at": at,
                    "by": by,
                    "despite": list(despite),
                },
            )
        if begun is None:
            raise AssertionError("INSERT … RETURNING gives a row")
        return begun.id

    def finish(
        self,
        run_id: int,
        at: datetime,
        state: str,
        counts: Mapping[str, int],
        calls: int,
        waited: float,
        problem: str,
    ) -> None:
        self._database.run(
            "UPDATE activation_runs SET state = %(state)s, ended_at = %(at)s, counts = %(counts)s, "
            "calls = %(calls)s, waited_seconds = %(waited)s, problem = %(problem)s WHERE id = %(id)s",
            {
                "id": run_id,
                "at": at,
                "state": state,
                "counts": Jsonb(dict(counts)),
                "calls": calls,
                "waited": waited,
                "problem": problem,
            },
        )

    def send(self, run_id: int, plan_id: int, op: str, numbers: Sequence[int], at: datetime) -> int:
        """Note that these rows of the plan are being sent: the batch's number."""
        with self._database.transaction():
            begun = self._database.one(
                _Id,
                "INSERT INTO activation_batches (run_id, plan_id, op, sent_at) "
                "VALUES (%(run)s, %(plan)s, %(op)s, %(at)s) RETURNING id",
                {"run": run_id, "plan": plan_id, "op": op, "at": at},
            )
            if begun is None:
                raise AssertionError("INSERT … RETURNING gives a row")
            self._database.run(
                "UPDATE activation_plan_rows SET state = 'sent', batch = %(batch)s, tries = tries + 1 "
                "WHERE plan_id = %(plan)s AND number = ANY(%(numbers)s)",
                {"batch": begun.id, "plan": plan_id, "numbers": list(numbers)},
            )
        return begun.id

    def note_ticket(self, batch: int, ticket: str) -> None:
        self._database.run(
            "UPDATE activation_batches SET ticket = %(ticket)s WHERE id = %(batch)s",
            {"batch": batch, "ticket": ticket},
        )

    def open_batches(self, activation: str) -> list[KeptBatch]:
        """Those that were sent and never settled, in the order they were."""
        return self._database.all(
            KeptBatch,
            "SELECT b.id, b.run_id, b.plan_id, b.op, b.ticket, p.destination, p.object, p.address "
            "FROM activation_batches AS b "
            "JOIN activation_plans AS p ON p.id = b.plan_id "
            "WHERE p.activation = %(activation)s AND NOT b.is_settled ORDER BY b.id",
            {"activation": activation},
        )

    def settle(
        self,
        run_id: int,
        plan_id: int,
        activation: str,
        batch: int | None,
        rows: Iterable[Settled],
        at: datetime,
    ) -> None:
        """All that came of a batch, together; without a number, of rows that needed none. `rows` are taken
        some at a time, and may read from this database."""
        with self._database.transaction():
            for portion in portions(rows):
                self._settle(run_id, plan_id, activation, portion, at)
            if batch is not None:
                self._database.run(
                    "UPDATE activation_batches SET is_settled = true, settled_at = %(at)s "
                    "WHERE id = %(batch)s",
                    {"at": at, "batch": batch},
                )

    def _settle(
        self, run_id: int, plan_id: int, activation: str, rows: Sequence[Settled], at: datetime
    ) -> None:
        told = {
            "run": run_id,
            "plan": plan_id,
            "activation": activation,
            "at": at,
            "number": [row.number for row in rows],
            "key": [row.key for row in rows],
            "op": [row.op for row in rows],
            "target_id": [row.target_id for row in rows],
            "payload": [row.payload for row in rows],
            "state": [row.state for row in rows],
            "trouble": [row.trouble for row in rows],
            "code": [row.code for row in rows],
            "message": [row.message for row in rows],
            "tries": [row.tries for row in rows],
        }
        self._database.run(
            "UPDATE activation_plan_rows AS r SET state = s.state, target_id = s.target_id, "
            "trouble = s.trouble, code = s.code, message = s.message "
            "FROM unnest(%(number)s::int[], %(state)s::text[], %(target_id)s::text[], %(trouble)s::text[], "
            "%(code)s::text[], %(message)s::text[]) AS s (number, state, target_id, trouble, code, message) "
            "WHERE r.plan_id = %(plan)s AND r.number = s.number",
            told,
        )
        self._database.run(
            "INSERT INTO activation_log (run_id, activation, key, op, target_id, payload, state, trouble, "
            "code, message, try, at) SELECT %(run)s, %(activation)s, key, op, target_id, payload, "
            "state, trouble, code, message, try, %(at)s "
            "FROM unnest(%(key)s::text[], %(op)s::text[], %(target_id)s::text[], %(payload)s::bytea[], "
            "%(state)s::text[], %(trouble)s::text[], %(code)s::text[], %(message)s::text[], "
            "%(tries)s::int[]) WITH ORDINALITY "
            "AS s (key, op, target_id, payload, state, trouble, code, message, try, place) "
            "ORDER BY place",
            told,
        )
        self._rows.keep(activation, [row.keeps for row in rows if row.keeps is not None])
        if gone := [row.key for row in rows if row.forgets]:
            self._rows.forget(activation, gone)

    def find(self, run_id: int) -> KeptActivationRun | None:
        return self._database.one(KeptActivationRun, _RUN + " WHERE id = %(id)s", {"id": run_id})

    def newest(self, activation: str | None = None, limit: int = 1) -> list[KeptActivationRun]:
        """Newest first, of one activation or all."""
        return self._database.all(
            KeptActivationRun,
            _RUN + " WHERE %(activation)s::text IS NULL OR activation = %(activation)s "
            "ORDER BY id DESC LIMIT %(limit)s",
            {"activation": activation, "limit": limit},
        )

    def log(
        self, *, after: int = 0, run_id: int | None = None, activation: str | None = None, limit: int = 1000
    ) -> list[KeptLogRow]:
        """In the order it was written, behind `after`; of one run or activation, or of all."""
        return self._database.all(
            KeptLogRow,
            "SELECT id, run_id, activation, key, op, target_id, payload, state, trouble, code, message, "
            "try AS tries, at FROM activation_log WHERE id > %(after)s "
            "AND (%(run)s::bigint IS NULL OR run_id = %(run)s) "
            "AND (%(activation)s::text IS NULL OR activation = %(activation)s) ORDER BY id LIMIT %(limit)s",
            {"after": after, "run": run_id, "activation": activation, "limit": limit},
        )

    def of_key(self, activation: str, key: str, limit: int = 50) -> list[KeptLogRow]:
        """What came of one row, newest first."""
        return self._database.all(
            KeptLogRow,
            "SELECT id, run_id, activation, key, op, target_id, payload, state, trouble, code, message, "
            "try AS tries, at FROM activation_log WHERE activation = %(activation)s AND key = %(key)s "
            "ORDER BY id DESC LIMIT %(limit)s",
            {"activation": activation, "key": key, "limit": limit},
        )
