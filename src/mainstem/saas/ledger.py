"""A budget that all processes of a project share, because its counts stand in Postgres.

An account's row is held while it is decided, so that no two callers take the last call. One round of it
costs about a millisecond beside a request's hundred.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.saas.budget import SLOTS, Budget, Quota, current, wait_for

if TYPE_CHECKING:
    from mainstem.saas.budget import Account
    from mainstem.saas.clock import Clock
    from mainstem.store.connectors import ApiCalls, KeptAccount


class LedgerBudget(Budget):
    """Every method raises StoreUnavailable."""

    def __init__(self, calls: ApiCalls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock

    def take(self, account: Account, path: str) -> float:
        limits = [limit for limit in account.limits if limit.applies(path)]
        with self._calls.held(account.key) as kept:
            now = self._clock.now()
            used = self._calls.used(account.key)
            wait = wait_for(account, limits, used, kept.held_until, _quota(kept), now)
            if wait == 0.0:
                slots = {limit.name: limit.slot(now) for limit in limits}
                oldest = {name: slot - SLOTS for name, slot in slots.items()}
                self._calls.count(account.key, slots, oldest)
        return wait

    def hold(self, account: Account, seconds: float) -> None:
        self._calls.hold(account.key, self._clock.now() + timedelta(seconds=seconds))

    def observe(self, account: Account, quota: Quota) -> None:
        self._calls.observe(account.key, self._clock.now(), quota.remaining, quota.total, quota.resets_at)

    def quota(self, account: Account) -> Quota | None:
        with self._calls.held(account.key) as kept:
            return current(_quota(kept), self._clock.now())


def _quota(kept: KeptAccount) -> Quota | None:
    return None if kept.remaining is None else Quota(kept.remaining, kept.total, kept.resets_at)
