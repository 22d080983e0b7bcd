"""An activation over the simulated Salesforce: rows that a test writes, an org that tells of every write.

    scene = OrgScene(service, base_url, address, folder)
    scene.row("a", users=5)
    scene.sync()

Every sync is of a process that knows nothing of the one before, or runs in a process of its own
(`mainstem.testing.apply_process`).
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mainstem.activate import Opening, find_kind, read_destinations
from mainstem.activate.applying import Applier
from mainstem.activate.definition import Activation, Companion, Guards, Mapped, Match, Source
from mainstem.activate.planning import Planner
from mainstem.config import parse_config
from mainstem.saas import MemoryBudget, Patience
from mainstem.simulate.saas.salesforce.door import Door
from mainstem.store.activations import AcknowledgedRows, ActivationRuns, Plans
from mainstem.testing.activation_scene import GivenRows
from mainstem.testing.toml import toml_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from mainstem.activate import Destination
    from mainstem.activate.applying import Applied
    from mainstem.saas import Clock
    from mainstem.simulate.saas.salesforce import SalesforceService
    from mainstem.store import Database

KEY, USERS, AS_OF, WHY = "External_Id__c", "Active_Users__c", "Users_As_Of__c", "Users_Blank_Because__c"
FIELDS = {"Account": f"{USERS}:double.0 {AS_OF}:datetime {WHY}:string(255)"}
COLUMNS = ("key", "name", "users", "why", "as_of")
USAGE = Activation(
    name="usage",
    source=Source(model="account_360"),
    destination="crm",
    object="Account",
    match=Match("key", KEY),
    mode="upsert",
    match_policy="create",
    fields=(
        Mapped(to=USERS, column="users", blank=Companion("why", WHY)),
        Mapped(to="Name", column="name"),
    ),
    as_of=Companion("as_of", AS_OF),
    guards=Guards(most_changed=1.0, most_refused=1.0, least_rows=0),
    sample=0,
)
_STAMPS = ("SystemModstamp", "LastModifiedDate")


@dataclass(frozen=True)
class Kept:
    """One write that the org did."""

    by: str
    id: str
    at: datetime
    key: str
    is_new: bool
    changed: Mapping[str, Any]
    """Fields that hold another value than before; none when the write wrote what was there."""


@dataclass
class OrgDiary:
    """Every write of accounts since it was begun, and by whom."""

    kept: list[Kept] = field(default_factory=list)
    by: str = "us"

    def __call__(self, name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        if name == "Account":
            held = before or {}
            changed = {
                field: value
                for field, value in after.items()
                if field not in _STAMPS and held.get(field) != value
            }
            number, at = after["Id"], after["SystemModstamp"]
            self.kept.append(Kept(self.by, number, at, after.get(KEY) or "", before is None, changed))

    @contextmanager
    def others(self) -> Iterator[None]:
        """What is written in the block is somebody else's."""
        self.by = "others"
        try:
            yield
        finally:
            self.by = "us"

    def ours(self) -> list[Kept]:
        return [one for one in self.kept if one.by == "us"]

    def twice(self) -> list[Kept]:
        """Writes of ours that found the record as they left it, or made one that had been made."""
        found = [one for one in self.ours() if not one.changed]
        made: set[str] = set()
        for one in self.ours():
            if one.is_new:
                found += [one] if one.key in made else []
                made.add(one.key)
        return found


def opened(
    base_url: str, folder: Path, clock: Clock, patience: Patience, settings: Mapping[str, Any]
) -> Destination:
    client_id, secret = Door.client
    given = {"base_url": base_url, "client_id": client_id, "client_secret": secret, **settings}
    text = toml_table("destinations.crm", {"type": "salesforce", **given})
    found = read_destinations(parse_config(folder / "mainstem.toml", text, {}))["crm"]
    return find_kind("salesforce").open(Opening("crm", found, MemoryBudget(clock), clock, folder, patience))


class Ledger:
    """What processes of an activation share."""

    def __init__(self, database: Database) -> None:
        self.plans = Plans(database)
        self.held = AcknowledgedRows(database)
        self.runs = ActivationRuns(database)

    def sync(
        self,
        destination: Destination,
        rows: Iterable[Mapping[str, object]],
        clock: Clock,
        activation: Activation = USAGE,
    ) -> Applied:
        """Settle what was left open, plan, apply."""
        applier = Applier(activation, destination, self.plans, self.held, self.runs, clock)
        applier.settle_open()
        plan = Planner(activation, destination, self.plans, self.held, clock).plan(
            GivenRows(rows, COLUMNS), "ada"
        )
        return applier.apply(plan.id, "ada")


class OrgScene:
    def __init__(
        self, service: SalesforceService, base_url: str, folder: Path, clock: Clock, **settings: Any
    ) -> None:
        """`settings` are the destination's."""
        self.service = service
        self.base_url = base_url
        self.folder = folder
        self.clock = clock
        self.settings = settings
        self.patience = Patience(first_pause=0.1)
        self.diary = OrgDiary()
        service.org.watched = self.diary
        self.rows: dict[str, dict[str, object]] = {}

    def row(self, key: str, users: int | None) -> None:
        """A row of the source, true as of now."""
        self.rows[key] = {
            "key": key,
            "name": f"Company {key}",
            "users": users,
            "why": None if users is not None else "not measured yet",
            "as_of": self.service.clock.now(),
        }

    def account(self, key: str) -> str:
        """A record that somebody made; its id."""
        with self.diary.others():
            values = {KEY: key, "Name": f"Company {key}"}
            return self.service.org.insert("Account", values, self.service.clock.now())

    def sync(self, ledger: Ledger) -> Applied:
        folder, clock = self.folder, self.clock
        with closing(opened(self.base_url, folder, clock, self.patience, self.settings)) as destination:
            return ledger.sync(destination, list(self.rows.values()), clock)

    def record(self, key: str) -> Mapping[str, Any]:
        """The one of a key. Raises ValueError when there are none or several."""
        (found,) = [row for row in self.service.org.live("Account") if row.get(KEY) == key]
        return found

    def unlike(self) -> dict[str, object]:
        """Keys whose records are not as their rows want, or not one, with what they hold."""
        held: dict[str, list[object]] = {}
        for row in self.service.org.live("Account"):
            held.setdefault(row.get(KEY) or "", []).append(row[USERS])
        return {key: held.get(key) for key, row in self.rows.items() if held.get(key) != [row["users"]]}
