"""An activation in a scene of its own: a CRM in memory, rows that a test writes, the ledger in a database.

    scene = ActivationScene(database)
    scene.row("a", users=5)
    scene.sync()

Every `plan` and `apply` is a new process: nothing but the database and the CRM is kept between two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from mainstem.activate.applying import Applier
from mainstem.activate.definition import Activation, Companion, Guards, Mapped, Match, Source
from mainstem.activate.planning import Planner
from mainstem.store.activations import AcknowledgedRows, ActivationRuns, Plans
from mainstem.testing.connectors import NOON
from mainstem.testing.memory_destination import MemoryDestination, memory_crm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mainstem.activate.applying import Applied
    from mainstem.store import Database
    from mainstem.store.activations import KeptPlan
    from mainstem.testing.connectors import StillClock
    from mainstem.testing.memory_crm import MemoryCrm

USAGE = Activation(
    name="usage",
    source=Source(model="account_360"),
    destination="crm",
    object="Account",
    match=Match("key", "ExternalId"),
    fields=(
        Mapped(to="ActiveUsers", column="users", blank=Companion("why", "Website")),
        Mapped(to="Health", column="health", blank=Companion("why")),
    ),
    as_of=Companion("as_of", "AsOf"),
    guards=Guards(most_changed=1.0),
)


@dataclass
class GivenRows:
    """A source of rows that a test makes."""

    rows: Iterable[Mapping[str, object]]
    columns: Sequence[str] = ("key", "name", "users", "health", "why", "as_of", "parent")
    snapshot: int | None = 1

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        return iter(self.rows)


@dataclass
class ActivationScene:
    database: Database
    activation: Activation = USAGE
    crm: MemoryCrm = field(default_factory=memory_crm)
    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    between: Callable[[str], None] = lambda what: None
    options: dict[str, Any] = field(default_factory=dict)
    """Of each `MemoryDestination`."""
    where: bytes = b""
    """What stands for the address of the destination."""

    def __post_init__(self) -> None:
        self.plans = Plans(self.database)
        self.held = AcknowledgedRows(self.database)
        self.runs = ActivationRuns(self.database)
        self.destinations: list[MemoryDestination] = []

    @property
    def clock(self) -> StillClock:
        return cast("StillClock", self.crm.clock)

    def row(self, key: str, **values: object) -> None:
        """A row of the source, true as of now unless it says another moment."""
        usual = {"name": key.title(), "users": 1, "health": "green", "why": None, "parent": None}
        self.rows[key] = {"key": key, **usual, "as_of": self.clock.now(), **values}

    def account(self, key: str, **values: object) -> str:
        """A record that somebody made a moment ago."""
        number = self.crm.add("Account", {"ExternalId": key, "Name": key, **values})  # type: ignore[dict-item] # a shape fits them
        self.later(seconds=1)
        return number

    def value(self, key: str, name: str = "ActiveUsers") -> object:
        return self.crm.one("Account", "ExternalId", key).values.get(name)

    def plan(self) -> KeptPlan:
        self.applier().settle_open()
        destination = self.destinations[-1]
        planner = Planner(self.activation, destination, self.plans, self.held, self.clock, where=self.where)
        return planner.plan(GivenRows(list(self.rows.values())), "ada")

    def apply(self, plan: KeptPlan) -> Applied:
        return self.applier().apply(plan.id, "ada")

    def applier(self, activation: Activation | None = None) -> Applier:
        """Of the scene's activation, or of another in its place."""
        return Applier(
            activation or self.activation,
            self._destination(),
            self.plans,
            self.held,
            self.runs,
            self.clock,
            self.where,
        )

    def sync(self) -> Applied:
        return self.apply(self.plan())

    def later(self, **span: float) -> datetime:
        self.clock.advance(timedelta(**span).total_seconds())
        return self.clock.now()

    def _destination(self) -> MemoryDestination:
        made = MemoryDestination(self.crm, **{"between": self.between, **self.options})
        self.destinations.append(made)
        return made


__all__ = ["NOON", "USAGE", "ActivationScene", "GivenRows"]
