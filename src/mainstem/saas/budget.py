"""How often a service may be asked: limits of an account, and who keeps count.

A limit is so many calls in any stretch of so many seconds. A stretch is cut into `SLOTS` parts and the
counts of one part more are added up, so no stretch, wherever it begins, ever holds more calls than allowed;
the price is at most 1/SLOTS of the calls. It sends nothing and waits for nothing: it says how long to wait.
"""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.saas.clock import Clock

SLOTS = 60
_LEAST_WAIT = 0.001
"""Seconds: less than a clock can tell would be waited for without end."""


@dataclass(frozen=True)
class Limit:
    name: str
    """Which limit of the account it is: its calls are counted under it."""
    calls: int
    seconds: float
    path: str = ""
    """A regular expression that is looked for in a request's path; empty for every request."""

    def applies(self, path: str) -> bool:
        return not self.path or re.search(self.path, path) is not None

    @property
    def slot_seconds(self) -> float:
        return self.seconds / SLOTS

    def slot(self, at: datetime) -> int:
        """The part of time that a moment lies in, counted from 1970."""
        return int(at.timestamp() / self.slot_seconds)

    def wait(self, used: Mapping[int, int], now: datetime) -> float:
        """Seconds until one more call is allowed; `used` are the calls by slot. 0.0 for at once."""
        this = self.slot(now)
        counted = {slot: n for slot, n in used.items() if this - SLOTS <= slot <= this}
        over = sum(counted.values()) + 1 - self.calls
        if over <= 0:
            return 0.0
        for slot in sorted(counted):
            over -= counted[slot]
            if over <= 0:  # this slot has to be out of sight: then there is room
                opens = (slot + SLOTS + 1) * self.slot_seconds
                return max(opens - now.timestamp(), _LEAST_WAIT)
        return self.seconds


@dataclass(frozen=True)
class Account:
    """Whose budget it is. Connectors and activations of one account name the same `key`."""

    key: str
    """Service and account: `zendesk:acme`."""
    limits: tuple[Limit, ...] = ()
    reserve: int = 0
    """Calls of the service's own quota that are left to others: they are never taken."""


@dataclass(frozen=True)
class Quota:
    """What the service itself says of an account's quota."""

    remaining: int
    total: int | None = None
    resets_at: datetime | None = None


class Budget(ABC):
    """Keeps count for accounts. Safe to use from several threads."""

    @abstractmethod
    def take(self, account: Account, path: str) -> float:
        """Count a call of `path`, if it is allowed now: 0.0. Else seconds to wait before asking again, and
        nothing was counted."""

    @abstractmethod
    def hold(self, account: Account, seconds: float) -> None:
        """The service wants no call for so long: nobody gets one before."""

    @abstractmethod
    def observe(self, account: Account, quota: Quota) -> None:
        """Keep what the service said of its quota."""

    @abstractmethod
    def quota(self, account: Account) -> Quota | None:
        """What the service said last; None when it has not, or it has started anew since."""


@dataclass
class _Kept:
    used: dict[str, dict[int, int]] = field(default_factory=dict)
    held_until: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    quota: Quota | None = None


class MemoryBudget(Budget):
    """Counts in this process alone: for tests, and where there is nobody else."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accounts: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def take(self, account: Account, path: str) -> float:
        with self._lock:
            kept, now = self._kept(account), self._clock.now()
            limits = [limit for limit in account.limits if limit.applies(path)]
            wait = wait_for(account, limits, kept.used, kept.held_until, kept.quota, now)
            if wait == 0.0:
                for limit in limits:
                    slots = kept.used.setdefault(limit.name, {})
                    this = limit.slot(now)
                    slots[this] = slots.get(this, 0) + 1
                    kept.used[limit.name] = {s: n for s, n in slots.items() if s >= this - SLOTS}
                kept.quota = one_less(kept.quota)
            return wait

    def hold(self, account: Account, seconds: float) -> None:
        with self._lock:
            kept = self._kept(account)
            kept.held_until = max(kept.held_until, self._clock.now() + timedelta(seconds=seconds))

    def observe(self, account: Account, quota: Quota) -> None:
        with self._lock:
            self._kept(account).quota = quota

    def quota(self, account: Account) -> Quota | None:
        with self._lock:
            return current(self._kept(account).quota, self._clock.now())

    def _kept(self, account: Account) -> _Kept:
        return self._accounts.setdefault(account.key, _Kept())


def wait_for(
    account: Account,
    limits: Sequence[Limit],
    used: Mapping[str, Mapping[int, int]],
    held_until: datetime,
    quota: Quota | None,
    now: datetime,
) -> float:
    """Seconds until a call that `limits` apply to is allowed; 0.0 for now. The rule of every budget."""
    waits = [limit.wait(used.get(limit.name, {}), now) for limit in limits]
    waits.append((held_until - now).total_seconds())
    known = current(quota, now)
    if known is not None and known.remaining <= account.reserve and known.resets_at is not None:
        waits.append((known.resets_at - now).total_seconds())
    return max(0.0, *waits)


def current(quota: Quota | None, now: datetime) -> Quota | None:
    """The quota, unless it has started anew since."""
    if quota is None or (quota.resets_at is not None and quota.resets_at <= now):
        return None
    return quota


def one_less(quota: Quota | None) -> Quota | None:
    return None if quota is None else Quota(max(quota.remaining - 1, 0), quota.total, quota.resets_at)
