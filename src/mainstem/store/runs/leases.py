"""Which of several runners runs tasks: one row, held for a time and renewed.

Promise: a lease changes hands only when its time is over by the clock of Postgres, when its holder has given
it back, or when its holder is a process of this very machine that is seen to be dead. Each change raises its
epoch, and what a former holder writes is refused by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from mainstem.store.runs.values import Lease, Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.store.database import Database

_HOLDER: LiteralString = (
    "SELECT r.name, r.host, r.machine, r.pid, r.born, r.started_at, r.heartbeat_at, r.ended_at, "
    "l.until AS lease_until FROM runner_lease AS l JOIN runners AS r ON r.name = l.runner "
    "WHERE l.until > now() AND l.runner <> %(name)s"
)


class Leases:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, name: str, host: str, machine: str, pid: int, born: int) -> None:
        self._database.run(
            "INSERT INTO runners (name, host, machine, pid, born, started_at, heartbeat_at) "
            "VALUES (%(name)s, %(host)s, %(machine)s, %(pid)s, %(born)s, now(), now()) "
            "ON CONFLICT (name) DO UPDATE SET heartbeat_at = now(), ended_at = NULL",
            {"name": name, "host": host, "machine": machine, "pid": pid, "born": born},
        )

    def take(self, name: str, seconds: float, is_dead: Callable[[Runner], bool]) -> Lease | None:
        """None: another runner holds it. `is_dead` says of the holder whether it is surely gone."""
        with self._database.transaction() as connection:
            connection.execute("LOCK TABLE runner_lease IN EXCLUSIVE MODE")
            self._database.run(
                "UPDATE runners SET heartbeat_at = now() WHERE name = %(name)s", {"name": name}
            )
            holder = self._database.one(Runner, _HOLDER, {"name": name})
            if holder is not None and not is_dead(holder):
                return None
            return self._database.one(
                Lease,
                "INSERT INTO runner_lease (id, runner, epoch, until) "
                "VALUES (1, %(name)s, 1, now() + make_interval(secs => %(seconds)s)) "
                "ON CONFLICT (id) DO UPDATE SET runner = excluded.runner, epoch = runner_lease.epoch + 1, "
                "until = excluded.until RETURNING runner, epoch, until",
                {"name": name, "seconds": seconds},
            )

    def renew(self, lease: Lease, seconds: float) -> bool:
        """False: another holder has come since. Late is better than never: nobody else wanted it."""
        with self._database.transaction():
            self._database.run(
                "UPDATE runners SET heartbeat_at = now() WHERE name = %(name)s", {"name": lease.runner}
            )
            return bool(
                self._database.run(
                    "UPDATE runner_lease SET until = now() + make_interval(secs => %(seconds)s) "
                    "WHERE runner = %(runner)s AND epoch = %(epoch)s",
                    {"runner": lease.runner, "epoch": lease.epoch, "seconds": seconds},
                )
            )

    def give_back(self, lease: Lease) -> None:
        """Nothing of its tries runs any more, or another of this machine is to adopt it."""
        self._database.run(
            "UPDATE runner_lease SET until = now() WHERE runner = %(runner)s AND epoch = %(epoch)s",
            {"runner": lease.runner, "epoch": lease.epoch},
        )

    def leave(self, name: str) -> None:
        """The runner ends in good order."""
        self._database.run("UPDATE runners SET ended_at = now() WHERE name = %(name)s", {"name": name})
