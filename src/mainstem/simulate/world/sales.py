"""Who sells: the people of the CRM who own accounts, and what each fiscal quarter is to bring.

Fiscal years begin in February and are named by the year in which they end. Nothing here moves a sale.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.crm import REGIONS, upsert
from mainstem.simulate.world.subscription import MEAN_ARR_CENTS
from mainstem.simulate.world.timeline import HISTORY_MONTHS, moment

if TYPE_CHECKING:
    from mainstem.simulate.world.output import Life
    from mainstem.simulate.world.wiring import Wiring

_FISCAL_MONTH = 2
_ACCOUNTS_EACH = 25
"""Accounts won in sixty months that one salesperson is hired for."""
_NAMES = ("Robin", "Kim", "Sasha", "Andrea", "Noor", "Toni", "Jules", "Micha")


def owner_of(wiring: Wiring, account_id: str, region: str) -> str:
    """The salesperson of an account, of its region."""
    return Chance(wiring.seed, "owner", account_id).one_of(_team(wiring, region))


def sales_life(wiring: Wiring) -> Life:
    """The team on the first day, then a target on the first day of every fiscal quarter, without end."""
    first_day = wiring.calendar.first_day
    at = moment(first_day)
    for region in REGIONS:
        for place, key in enumerate(_team(wiring, region)):
            name = f"{_NAMES[place % len(_NAMES)]} {region.capitalize()} {place + 1}"
            row = {"name": name, "role": "account executive", "region": region}
            mail = f"{name.lower().replace(' ', '.')}@chat.example"
            yield upsert(at, "crm", "users", key, {**row, "email": mail})
    starts = _quarter_start(first_day)
    while True:
        ends = _quarter_start(starts + timedelta(days=100)) - timedelta(days=1)
        at = moment(max(starts, first_day), 7 * 3_600)
        name = fiscal_quarter(starts)
        target: dict[str, Any] = {
            "fiscal_quarter": name,
            "starts_on": starts.isoformat(),
            "ends_on": ends.isoformat(),
            "arr_target_cents": _target(wiring, ends, name),
        }
        yield upsert(at, "finance", "arr_targets", name, target)
        starts = ends + timedelta(days=1)


def fiscal_quarter(day: date) -> str:
    """Such as FY2021-Q1, which is February to April 2020."""
    year = day.year + (day.month >= _FISCAL_MONTH)
    return f"FY{year}-Q{(day.month - _FISCAL_MONTH) % 12 // 3 + 1}"


def _quarter_start(day: date) -> date:
    """The first day of the fiscal quarter of a day."""
    into = (day.month - _FISCAL_MONTH) % 3
    whole = day.year * 12 + day.month - 1 - into
    return date(whole // 12, whole % 12 + 1, 1)


def _team(wiring: Wiring, region: str) -> list[str]:
    people = max(1, round(wiring.accounts * REGIONS[region] / _ACCOUNTS_EACH))
    return [f"usr_{region}_{number}" for number in range(1, people + 1)]


def _target(wiring: Wiring, ends: date, name: str) -> int:
    """ARR at the end of the quarter: even growth and a tenth lost a year, and then somebody's optimism."""
    months = max(1, wiring.calendar.month_of(ends))
    won = wiring.accounts / HISTORY_MONTHS * months
    kept: float = 0.9 ** (months / 24)
    optimism = Chance(wiring.seed, "target", name).uniform(0.95, 1.25)
    return round(won * kept * MEAN_ARR_CENTS * optimism)
