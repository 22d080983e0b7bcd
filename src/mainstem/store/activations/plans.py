"""Plans of activations, and their rows with how far each has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg.types.json import Jsonb

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from mainstem.store.database import Database

PLANS = Table(
    "activation_plans",
    {
        "id": "bigint",
        "activation": "text",
        "destination": "text",
        "object": "text",
        "digest": "bytea",
        "address": "bytea",
        "snapshot": "bigint?",
        "made_at": "timestamp with time zone",
        "made_by": "text",
        "as_of": "text",
        "state": "text",
        "counts": "jsonb",
        "guards": "jsonb",
        "problem": "text",
        "approved_by": "text",
        "despite": "text[]",
    },
)
PLAN_ROWS = Table(
    "activation_plan_rows",
    {
        "plan_id": "bigint",
        "number": "integer",
        "op": "text",
        "key": "text",
        "target_id": "text",
        "body": "jsonb",
        "digest": "bytea",
        "modified_at": "timestamp with time zone?",
        "level": "integer",
        "sorted_by": "text",
        "state": "text",
        "batch": "bigint?",
        "tries": "integer",
        "trouble": "text",
        "code": "text",
        "message": "text",
    },
)
_PLAN: LiteralString = (
    "SELECT id, activation, destination, object, digest, address, snapshot, made_at, made_by, as_of, state, "
    "counts, guards, problem, approved_by, despite FROM activation_plans"
)
_ROW: LiteralString = (
    "SELECT number, op, key, target_id, body, digest, modified_at, level, sorted_by, state, batch, tries, "
    "trouble, code, message FROM activation_plan_rows"
)

_OVER: LiteralString = (
    " WHERE made_at < %(before)s AND state <> 'applying' "
    "AND id NOT IN (SELECT max(id) FROM activation_plans GROUP BY activation) "
    "AND NOT EXISTS (SELECT FROM activation_batches AS b WHERE b.plan_id = activation_plans.id "
    "AND NOT b.is_settled)"
)
"""Plans that nobody applies or settles any more."""
_FORGET_PLANS: LiteralString = f"DELETE FROM activation_plans{_OVER}"  # noqa: S608 # only literals
_OLD: LiteralString = f"SELECT id FROM activation_plans{_OVER}"  # noqa: S608 # only literals
_FORGET_ROWS: LiteralString = f"DELETE FROM activation_plan_rows WHERE plan_id IN ({_OLD})"  # noqa: S608 # only literals


@dataclass(frozen=True)
class KeptPlan:
    id: int
    activation: str
    destination: str
    object: str
    digest: bytes
    """Of the activation as it was written then."""
    address: bytes
    """Of the records that it is about, by `definition.address_of`; empty where that is not known."""
    snapshot: int | None
    """Of the lake whose rows were read; None where the source has none."""
    made_at: datetime
    made_by: str
    as_of: str
    """The oldest day of a value in it."""
    state: str
    """`making`, `planned`, `blocked` (a guard), `applying`, `applied`, `partial`, `superseded`, `failed`."""
    counts: dict[str, int]
    guards: list[dict[str, Any]]
    problem: str
    approved_by: str = ""
    """Who has looked at it on its page and wants it applied."""
    despite: list[str] = field(default_factory=list)
    """Guards that they set aside."""


@dataclass(frozen=True)
class KeptPlanRow:
    number: int
    op: str
    """`create`, `update`, `delete`; `pass` of a row that is left out, `forget` of one that has left."""
    key: str
    target_id: str
    body: dict[str, Any]
    digest: bytes
    modified_at: datetime | None
    level: int
    """Rows of one level are written before those of the next: parents first."""
    sorted_by: str
    state: str = "due"
    """`due`, `sent`, `written`, `refused`, `unknown`, `passed`."""
    batch: int | None = None
    tries: int = 0
    trouble: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class _Id:
    id: int


@dataclass(frozen=True)
class _Count:
    op: str
    state: str
    n: int


class Plans:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        activation: str,
        destination: str,
        object_: str,
        digest: bytes,
        snapshot: int | None,
        at: datetime,
        by: str,
        address: bytes = b"",
    ) -> int:
        """A new plan, its number. Those before it that were not applied whole are superseded."""
        with self._database.transaction():
            self._database.run(
                "UPDATE activation_plans SET state = 'superseded' WHERE activation = %(activation)s "
                "AND state IN ('making', 'planned', 'blocked', 'applying')",
                {"activation": activation},
            )
            begun = self._database.one(
                _Id,
                "INSERT INTO activation_plans "
                "(activation, destination, object, digest, address, snapshot, made_at, made_by) VALUES "
                "(%(activation)s, %(destination)s, %(object)s, %(digest)s, %(address)s, %(snapshot)s, "
                "%(at)s, %(by)s) "
                "RETURNING id",
                {
                    "activation": activation,
                    "destination": destination,
                    "object": object_,
                    "digest": digest,
                    "address": address,
                    "snapshot": snapshot,
                    "at": at,
                    "by": by,
                },
            )
        if begun is None:
            raise AssertionError("INSERT … RETURNING gives a row")
        return begun.id

    def add(self, plan_id: int, rows: Iterable[KeptPlanRow]) -> None:
        with (
            self._database.transaction() as connection,
            connection.cursor() as cursor,
            cursor.copy(
                "COPY activation_plan_rows (plan_id, number, op, key, target_id, body, digest, modified_at, "
                "level, sorted_by, state, trouble, code, message) FROM STDIN (FORMAT BINARY)"
            ) as copy,
        ):
            copy.set_types(
                [
                    *("int8", "int4", "text", "text", "text", "jsonb", "bytea", "timestamptz"),
                    *("int4", "text", "text", "text", "text", "text"),
                ]
            )
            for row in rows:
                copy.write_row(
                    (
                        plan_id,
                        row.number,
                        row.op,
                        row.key,
                        row.target_id,
                        Jsonb(row.body),
                        row.digest,
                        row.modified_at,
                        row.level,
                        row.sorted_by,
                        row.state,
                        row.trouble,
                        row.code,
                        row.message,
                    )
                )

    def level(self, plan_id: int, levels: Sequence[tuple[int, int]]) -> None:
        """Give rows, by number, the level they are written on."""
        self._database.run(
            "UPDATE activation_plan_rows AS r SET level = s.level "
            "FROM unnest(%(number)s::int[], %(level)s::int[]) AS s (number, level) "
            "WHERE r.plan_id = %(plan)s AND r.number = s.number",
            {
                "plan": plan_id,
                "number": [number for number, _ in levels],
                "level": [level for _, level in levels],
            },
        )

    def made(
        self, plan_id: int, state: str, counts: dict[str, int], guards: list[dict[str, Any]], as_of: str
    ) -> None:
        self._database.run(
            "UPDATE activation_plans SET state = %(state)s, counts = %(counts)s, guards = %(guards)s, "
            "as_of = %(as_of)s WHERE id = %(id)s",
            {
                "id": plan_id,
                "state": state,
                "counts": Jsonb(counts),
                "guards": Jsonb(guards),
                "as_of": as_of,
            },
        )

    def set_state(self, plan_id: int, state: str, problem: str = "") -> None:
        self._database.run(
            "UPDATE activation_plans SET state = %(state)s, problem = %(problem)s WHERE id = %(id)s",
            {"id": plan_id, "state": state, "problem": problem},
        )

    def approve(self, plan_id: int, by: str, despite: Sequence[str]) -> bool:
        """Note that somebody wants it applied. False when it is not there to be applied any more."""
        return (
            self._database.run(
                "UPDATE activation_plans SET approved_by = %(by)s, despite = %(despite)s WHERE id = %(id)s "
                "AND state IN ('planned', 'blocked') AND id = (SELECT max(id) FROM activation_plans AS other "
                "WHERE other.activation = activation_plans.activation)",
                {"id": plan_id, "by": by, "despite": list(despite)},
            )
            == 1
        )

    def find(self, plan_id: int) -> KeptPlan | None:
        return self._database.one(KeptPlan, _PLAN + " WHERE id = %(id)s", {"id": plan_id})

    def newest(self, activation: str | None = None, limit: int = 1) -> list[KeptPlan]:
        """Newest first, of one activation or all."""
        return self._database.all(
            KeptPlan,
            _PLAN + " WHERE %(activation)s::text IS NULL OR activation = %(activation)s "
            "ORDER BY id DESC LIMIT %(limit)s",
            {"activation": activation, "limit": limit},
        )

    def rows(
        self,
        plan_id: int,
        *,
        states: Sequence[str] = (),
        ops: Sequence[str] = (),
        after: int = -1,
        limit: int = 1000,
        key: str = "",
    ) -> list[KeptPlanRow]:
        """By number, behind `after`; of every state and operation where none is named, with `key` in their
        own where it is given."""
        return self._database.all(
            KeptPlanRow,
            _ROW + " WHERE plan_id = %(plan)s AND number > %(after)s "
            "AND (cardinality(%(states)s::text[]) = 0 OR state = ANY(%(states)s)) "
            "AND (cardinality(%(ops)s::text[]) = 0 OR op = ANY(%(ops)s)) "
            "AND strpos(lower(key), lower(%(key)s)) > 0 ORDER BY number LIMIT %(limit)s",
            {
                "plan": plan_id,
                "after": after,
                "states": list(states),
                "ops": list(ops),
                "limit": limit,
                "key": key,
            },
        )

    def due(self, plan_id: int, op: str, level: int, limit: int) -> list[KeptPlanRow]:
        """Rows that no batch has, those that may wait for one lock together."""
        return self._database.all(
            KeptPlanRow,
            _ROW + " WHERE plan_id = %(plan)s AND state = 'due' AND op = %(op)s AND level = %(level)s "
            "ORDER BY sorted_by, number LIMIT %(limit)s",
            {"plan": plan_id, "op": op, "level": level, "limit": limit},
        )

    def count_due(self, plan_id: int, op: str, level: int) -> int:
        """How many `due` gives without a limit."""
        found = self._database.one(
            _Id,
            "SELECT count(*) AS id FROM activation_plan_rows "
            "WHERE plan_id = %(plan)s AND state = 'due' AND op = %(op)s AND level = %(level)s",
            {"plan": plan_id, "op": op, "level": level},
        )
        return found.id if found else 0

    def of_batch(self, batch: int) -> list[KeptPlanRow]:
        """Rows of a batch that was sent, by number."""
        return self._database.all(
            KeptPlanRow,
            _ROW  # noqa: S608 # only literals
            + " WHERE plan_id = (SELECT plan_id FROM activation_batches WHERE id = %(batch)s) "
            "AND batch = %(batch)s AND state = 'sent' ORDER BY number",
            {"batch": batch},
        )

    def levels(self, plan_id: int, op: str) -> list[int]:
        found = self._database.all(
            _Id,
            "SELECT DISTINCT level AS id FROM activation_plan_rows WHERE plan_id = %(plan)s "
            "AND op = %(op)s AND state IN ('due', 'sent') ORDER BY 1",
            {"plan": plan_id, "op": op},
        )
        return [one.id for one in found]

    def counts(self, plan_id: int) -> dict[tuple[str, str], int]:
        """Rows by operation and state."""
        found = self._database.all(
            _Count,
            "SELECT op, state, count(*) AS n FROM activation_plan_rows "
            "WHERE plan_id = %(plan)s GROUP BY op, state",
            {"plan": plan_id},
        )
        return {(one.op, one.state): one.n for one in found}

    def written_sample(self, plan_id: int, run_id: int, limit: int) -> list[KeptPlanRow]:
        """Some rows that a run wrote, by chance but always the same."""
        return self._database.all(
            KeptPlanRow,
            _ROW  # noqa: S608 # only literals
            + " WHERE plan_id = %(plan)s AND state = 'written' AND op IN ('create', 'update') "
            "AND batch IN (SELECT id FROM activation_batches WHERE run_id = %(run)s) "
            "ORDER BY md5(key || %(run)s::text) LIMIT %(limit)s",
            {"plan": plan_id, "run": run_id, "limit": limit},
        )

    def prune(self, before: datetime) -> int:
        """Forget plans made before and their runs, but the newest of each activation and those of which a
        batch is not settled; how many that were."""
        return self._database.run(_FORGET_PLANS, {"before": before})

    def prune_rows(self, before: datetime) -> int:
        """Forget rows of such plans. The plans stay with their counts."""
        return self._database.run(_FORGET_ROWS, {"before": before})
