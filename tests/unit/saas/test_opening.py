from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.activate.destinations.salesforce.settings import SalesforceDestinationSettings
from mainstem.activate.settings import DestinationSettings
from mainstem.connectors.salesforce.settings import SalesforceSettings
from mainstem.saas import Limit, MemoryBudget, Opening, Patience
from mainstem.saas.salesforce import SalesforceLogin
from mainstem.testing.connectors import StillClock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("daily_calls", "limits"),
    [(None, [("second", 4, 1.0)]), (90, [("second", 4, 1.0), ("day", 90, 86_400)])],
)
def test_an_account_is_held_to_the_services_limits_and_to_those_of_the_settings(
    tmp_path: Path, daily_calls: int | None, limits: list[tuple[str, int, float]]
) -> None:
    settings = DestinationSettings(type="any", daily_calls=daily_calls, reserve_calls=7)
    clock = StillClock()
    opening = Opening("desk", settings, MemoryBudget(clock), clock, tmp_path, Patience())
    account = opening.account("desk:acme", Limit("second", 4, 1.0))
    assert (account.key, account.reserve) == ("desk:acme", 7)
    assert [(one.name, one.calls, one.seconds) for one in account.limits] == limits


def test_an_org_is_entered_by_the_same_settings_to_read_and_to_write() -> None:
    """Written out twice, since a Struct extends one other: they must not drift apart."""
    names = {name for name, value in vars(SalesforceLogin).items() if isinstance(value, property)}
    assert {"domain", "private_key"} < names
    reads, writes = (
        {one.name: (one.type, one.default) for one in msgspec.structs.fields(kind) if one.name in names}
        for kind in (SalesforceSettings, SalesforceDestinationSettings)
    )
    assert set(reads) == names
    assert reads == writes
