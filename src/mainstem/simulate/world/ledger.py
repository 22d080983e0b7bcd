"""The true ARR of every day and of every account, and why it changed.

Fed with line items as they are signed; a day's movements are at account level and add up to its change.
It reads no CRM row, so faults put into those cannot reach it.
"""

from __future__ import annotations

import heapq
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.world.output import Truth
from mainstem.simulate.world.timeline import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mainstem.simulate.world.subscription import LineItem


class Ledger:
    """Amounts in cents. A line item must be signed no later than its first day, or counts from today on."""

    def __init__(self) -> None:
        self._ahead: list[tuple[date, str, int]] = []
        self._accounts: dict[str, int] = {}
        self._total = 0
        self._active = 0

    def sign(self, account_id: str, item: LineItem) -> None:
        if item.arr_cents:
            heapq.heappush(self._ahead, (item.first_day, account_id, item.arr_cents))
            end = item.last_day + timedelta(days=1)
            heapq.heappush(self._ahead, (end, account_id, -item.arr_cents))

    def arr_of(self, account_id: str) -> int:
        """Of an account, after the last day that was closed."""
        return self._accounts.get(account_id, 0)

    def close(self, day: date) -> Iterator[Truth]:
        """The movements of a day, then its total. Days come in order."""
        changed: dict[str, int] = {}
        while self._ahead and self._ahead[0][0] <= day:
            _, account_id, cents = heapq.heappop(self._ahead)
            changed[account_id] = changed.get(account_id, 0) + cents
        at = moment(day, 86_399)
        start = self._total
        for account_id, cents in sorted(changed.items()):
            if cents:
                yield Truth(at, "arr_movements", self._move(day, account_id, cents))
        row = {"day": day, "start_cents": start, "arr_cents": self._total, "accounts": self._active}
        yield Truth(at, "arr_days", row)

    def _move(self, day: date, account_id: str, cents: int) -> dict[str, object]:
        known = account_id in self._accounts
        before = self._accounts.get(account_id, 0)
        after = before + cents
        self._accounts[account_id] = after
        self._total += cents
        self._active += bool(after) - bool(before)
        return {
            "day": day,
            "account_id": account_id,
            "kind": _kind(known, before, after),
            "change_cents": cents,
            "arr_cents": after,
        }


def _kind(known: bool, before: int, after: int) -> str:
    if not before:
        return "resurrection" if known else "new"
    if not after:
        return "churn"
    return "expansion" if after > before else "contraction"
