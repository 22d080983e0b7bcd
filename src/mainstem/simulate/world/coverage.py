"""The true number of servers and users of every day, and how many could and did tell of each metric.

Counted from what truly happened, whether it was sent or not. It estimates nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.simulate.world.features import METRICS
from mainstem.simulate.world.output import Truth
from mainstem.simulate.world.timeline import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime


_PLACES = {metric: place for place, metric in enumerate(METRICS)}
_ALL = ""
"""Name of the group that every server is in."""


class ServerDay(msgspec.Struct, frozen=True):
    """One active server on one day."""

    edition: str
    account_id: str | None
    registered: int
    """Users it has; its seats where no account pays for any."""
    users: int
    """Who were active."""
    release: int
    reports: bool
    values: Mapping[str, int]
    """The true count of each metric, and of `threads`."""


class _Group:
    """Servers of one edition, or of all, on one day."""

    def __init__(self) -> None:
        self.servers = 0
        self.users = 0
        self.threads = 0
        self.capable = [0] * len(METRICS)
        self.reporting = [0] * len(METRICS)
        self.totals = [0] * len(METRICS)
        self.told = [0] * len(METRICS)
        self.free_seats = [0] + [0] * 2 * len(METRICS)
        self.accounts: dict[str, list[bool]] = {}
        """By account: whether any of its servers is capable of, and whether any tells of, each metric."""

    def add(self, server: ServerDay) -> None:
        self.servers += 1
        self.users += server.users
        self.threads += server.values["threads"]
        flags = [False] * (2 * len(METRICS))
        for metric, place in _PLACES.items():
            value = server.values[metric]
            self.totals[place] += value
            if server.release >= METRICS[metric]:
                self.capable[place] += 1
                flags[place] = True
                if server.reports:
                    self.reporting[place] += 1
                    self.told[place] += value
                    flags[place + len(METRICS)] = True
        if server.account_id is None:
            for place, flag in enumerate((True, *flags)):
                self.free_seats[place] += server.registered * flag
        else:
            before = self.accounts.get(server.account_id)
            known = flags if before is None else [a or b for a, b in zip(before, flags, strict=True)]
            self.accounts[server.account_id] = known

    def weights(self, of: Callable[[str], int]) -> list[int]:
        """Summed over accounts with an active server: all, then by metric capable, then reporting."""
        sums = [0] * (1 + 2 * len(METRICS))
        for account_id, flags in self.accounts.items():
            weight = of(account_id)
            sums[0] += weight
            for place, flag in enumerate(flags, 1):
                if flag:
                    sums[place] += weight
        return sums

    def row(self, metric: str, seats: list[int], arr: list[int]) -> dict[str, int]:
        capable, reporting = _PLACES[metric] + 1, _PLACES[metric] + 1 + len(METRICS)
        place = _PLACES[metric]
        return {
            "n_active": self.servers,
            "n_capable": self.capable[place],
            "n_reporting": self.reporting[place],
            "total": self.totals[place],
            "total_reporting": self.told[place],
            "seats_active": seats[0],
            "seats_capable": seats[capable],
            "seats_reporting": seats[reporting],
            "arr_active_cents": arr[0],
            "arr_capable_cents": arr[capable],
            "arr_reporting_cents": arr[reporting],
        }


class Tally:
    """Server days of the days not closed yet; servers that are internal, tests or fakes are not counted."""

    def __init__(self) -> None:
        self._days: dict[date, dict[str, _Group]] = {}
        self._months: dict[date, dict[str, tuple[int, bool]]] = {}
        """By month and server: a bit for each user who was active, and whether they count."""
        self._ahead: list[tuple[date, str, int]] = []
        self._seats: dict[str, int] = {}

    def add(self, day: date, server: ServerDay) -> None:
        groups = self._days.setdefault(day, {})
        for name in (_ALL, server.edition):
            group = groups.get(name)
            if group is None:
                group = groups[name] = _Group()
            group.add(server)

    def add_users(self, day: date, server_id: str, users: Iterable[int], *, counted: bool) -> None:
        """Who was active on a server; not `counted` where it is internal, a test or a fake."""
        month = self._months.setdefault(day.replace(day=1), {})
        mask, _ = month.get(server_id, (0, counted))
        for user in users:
            mask |= 1 << user
        month[server_id] = mask, counted

    def has_seats(self, day: date, account_id: str, seats: int) -> None:
        """From that day on."""
        heapq.heappush(self._ahead, (day, account_id, seats))

    def close(self, day: date, arr_of: Callable[[str], int]) -> Iterator[Truth]:
        """What is true of a day. Days come in order; `arr_of` an account, at its end."""
        while self._ahead and self._ahead[0][0] <= day:
            _, account_id, seats = heapq.heappop(self._ahead)
            self._seats[account_id] = seats
        groups = self._days.pop(day, {})
        at = moment(day, 86_399)
        whole = groups.get(_ALL) or _Group()
        active = {
            "day": day,
            "active_servers": whole.servers,
            "active_users": whole.users,
            "threads": whole.threads,
        }
        yield Truth(at, "active_days", active)
        for name, group in sorted({**groups, _ALL: whole}.items()):
            yield from self._coverage(day, name, group, arr_of)
        if (day + timedelta(days=1)).day == 1:
            yield from self._month(at, day.replace(day=1))

    def _month(self, at: datetime, month: date) -> Iterator[Truth]:
        """Distinct users of each server and of all that count."""
        servers = users = 0
        for server_id, (mask, counted) in self._months.pop(month, {}).items():
            distinct = mask.bit_count()
            servers += counted
            users += distinct * counted
            row = {"month": month, "server_id": server_id, "active_users": distinct}
            yield Truth(at, "server_months", row)
        total = {"month": month, "active_servers": servers, "active_users": users}
        yield Truth(at, "active_months", total)

    def _coverage(self, day: date, name: str, group: _Group, arr_of: Callable[[str], int]) -> Iterator[Truth]:
        seats = group.weights(lambda account_id: self._seats.get(account_id, 0))
        seats = [paid + free for paid, free in zip(seats, group.free_seats, strict=True)]
        arr = group.weights(arr_of)
        when = moment(day, 86_399)
        for metric in METRICS:
            key = {"day": day, "metric": metric}
            if name == _ALL:
                yield Truth(when, "coverage", {**key, **group.row(metric, seats, arr)})
            else:
                row = {**key, "edition": name, **group.row(metric, seats, arr)}
                yield Truth(when, "coverage_by_edition", row)
