"""A company's lake whose systems come by the connectors of the demo, from the demo's simulated services."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.demo.services import CONNECTOR_VARIABLES, SYNCED
from mainstem.config import parse_config
from mainstem.connectors import Opening, find_kind
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, Wanted
from mainstem.connectors.settings import read_connectors
from mainstem.saas import MemoryBudget, Patience
from mainstem.simulate.saas import ControlledClock, feed, services
from mainstem.testing.connectors import RecordingLedger, StillClock
from mainstem.testing.saas import saas_host
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mainstem.assemble.demo.services import Synced
    from mainstem.simulate.saas import Service
    from mainstem.simulate.world import Day
    from mainstem.testing.company import CompanyLake

MODELLED = tuple(one for one in SYNCED if one.system)
"""Those whose tables models read."""
VARIABLES = CONNECTOR_VARIABLES
"""What models on such a lake are told."""


MARKETING = replace(next(one for one in SYNCED if one.name == "marketo"), system="marketing")
"""The demo's models read marketing's plain tables: Marketo lets nobody read years within seconds."""


def load_synced(
    lake: CompanyLake, days: Iterable[Day], connectors: Sequence[Synced] = MODELLED, begins: str = ""
) -> Mapping[str, Service]:
    """Load `days`, and sync what the services make of them; the services, as they stand.

    `begins`: the first day, for those that want one."""
    clock = ControlledClock(datetime(2000, 1, 1, tzinfo=UTC))
    made = services(clock, [one.name for one in connectors], limits=())

    def taken() -> Iterator[Day]:
        for day in days:
            feed(day.changes, made.values(), clock)
            yield day

    lake.load(taken(), without={one.system for one in connectors})
    clock.advance(3600)
    sync(lake, made, clock, connectors, begins)
    return made


def sync(
    lake: CompanyLake,
    made: Mapping[str, Service],
    clock: ControlledClock,
    connectors: Sequence[Synced] = MODELLED,
    begins: str = "",
) -> None:
    """Every connector, once; raises SyncIncomplete."""
    ours = StillClock(clock.now(), moved=clock.move_to)
    with saas_host() as host, closing(MemoryWarehouse(lake.file)) as warehouse:
        for one in connectors:
            with host.hosting(made[one.name]) as address:
                settled = one.settings.format(first_day=begins)
                text = f'[connectors.{one.name}]\ntype = "{one.name}"\nbase_url = "{address}"\n{settled}\n'
                settings = read_connectors(parse_config(lake.folder / "mainstem.toml", text, {}))[one.name]
                opening = Opening(
                    one.name, settings, MemoryBudget(ours), ours, lake.folder, Patience(), lake.folder
                )
                with closing(find_kind(one.name).open(opening)) as connector:
                    landing = Landing(warehouse, one.name, ours)
                    result = Sync(one.name, connector, landing, RecordingLedger(), ours).run(Wanted())
                result.ensure_success()
