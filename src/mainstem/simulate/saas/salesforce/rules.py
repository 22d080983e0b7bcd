"""What the simulated org works out by itself: derived fields, formulas, and a validation rule.

A formula is worked out when it is read: it changes with the rows it looks at, and no stamp tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.salesforce.values import RowError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.simulate.saas.salesforce.org import Org

Row = dict[str, Any]
_PROBABILITIES = {"Closed Won": 100.0, "Closed Lost": 0.0, "Prospecting": 10.0}


def check(name: str, row: Row) -> None:
    """Validation rules of the org. Raises RowError."""
    if name == "Opportunity" and (row.get("Amount") or 0) < 0:
        raise RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "An amount is never negative", "Amount")


def _person(row: Row) -> Row:
    return {"Name": " ".join(filter(None, [row.get("FirstName"), row.get("LastName")]))}


def _opportunity(row: Row) -> Row:
    stage = row.get("StageName") or ""
    probability = _PROBABILITIES.get(stage, row.get("Probability") or 50.0)
    closes, amount = row.get("CloseDate"), row.get("Amount")
    category = {"Closed Won": "Closed", "Closed Lost": "Omitted"}.get(stage, "Pipeline")
    quarter = None if closes is None else (closes.month - 1) // 3 + 1
    return {
        "IsClosed": stage in ("Closed Won", "Closed Lost"),
        "IsWon": stage == "Closed Won",
        "Probability": probability,
        "ExpectedRevenue": None if amount is None else amount * probability / 100,
        "ForecastCategory": category,
        "ForecastCategoryName": category,
        "FiscalYear": None if closes is None else closes.year,
        "FiscalQuarter": quarter,
        "Fiscal": None if closes is None else f"{closes.year} {quarter}",
    }


DERIVED: dict[str, Callable[[Row], Row]] = {
    "User": _person,
    "Contact": _person,
    "Lead": _person,
    "Opportunity": _opportunity,
}


def _account_plan(org: Org, row: Row) -> str | None:
    plan: str | None = org.rows["Account"].get(row.get("AccountId") or "", {}).get("Plan__c")
    return plan


def _plan_and_seats(org: Org, row: Row) -> str | None:
    if row.get("Plan__c") is None:
        return None
    return f"{row['Plan__c']}, {row.get('Seats__c') or 0:.0f} seats"


FORMULAS: dict[tuple[str, str], Callable[[Org, Row], Any]] = {
    ("Account", "Plan_And_Seats__c"): _plan_and_seats,
    ("Contact", "Account_Plan__c"): _account_plan,
}
