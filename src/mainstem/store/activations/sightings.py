"""What is asked of plans of activations by who watches them: which is the newest, and how long nobody has
looked at what is planned.

It only looks, and reads no row of a plan: no value of a record leaves through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store.database import Database

_NEWEST: LiteralString = """
    WITH plans AS (
        SELECT id, activation, state, made_at,
            coalesce((counts ->> 'create')::bigint, 0) AS creates,
            coalesce((counts ->> 'update')::bigint, 0) AS updates,
            coalesce((counts ->> 'delete')::bigint, 0) AS deletes,
            approved_by <> '' OR state IN ('applying', 'applied', 'partial')
                OR EXISTS (SELECT FROM activation_runs AS r WHERE r.plan_id = p.id) AS is_looked_at,
            counts <> '{}' AND NOT guards @> '[{"is_kept": false}]' AS is_whole
        FROM activation_plans AS p
    ), settled AS (
        SELECT activation, max(id) AS id FROM plans
        WHERE is_looked_at OR (is_whole AND creates + updates + deletes = 0) GROUP BY activation
    ), waiting AS (
        SELECT p.activation, min(p.made_at) AS since FROM plans AS p
        LEFT JOIN settled AS s ON s.activation = p.activation
        WHERE p.id > coalesce(s.id, 0) AND p.creates + p.updates + p.deletes > 0
        GROUP BY p.activation
    )
    SELECT DISTINCT ON (p.activation) p.activation, p.id, p.state, p.made_at, p.creates, p.updates,
        p.deletes, w.since
    FROM plans AS p LEFT JOIN waiting AS w ON w.activation = p.activation
    ORDER BY p.activation, p.id DESC"""


@dataclass(frozen=True)
class NewestPlan:
    """Of one activation."""

    activation: str
    id: int
    state: str
    """As `KeptPlan` has it."""
    made_at: datetime
    creates: int
    updates: int
    deletes: int
    since: datetime | None
    """When the first was made of the plans with something to write which nobody has looked at since; None
    where there is none. A newer plan of the same does not start the wait anew."""


class PlanSightings:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> list[NewestPlan]:
        """Of every activation that was ever planned, by its name."""
        return self._database.all(NewestPlan, _NEWEST, {})
