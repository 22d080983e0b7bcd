"""Calls of services by account: how many in which part of time, what the service said of its quota.

Who wants to decide by these figures holds the account's row: then nobody else decides by the same ones.
What is decided is not known here.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mainstem.store.database import Database

ACCOUNTS = Table(
    "api_accounts",
    {
        "account": "text",
        "held_until": "timestamp with time zone",
        "remaining": "bigint?",
        "total": "bigint?",
        "resets_at": "timestamp with time zone?",
        "observed_at": "timestamp with time zone?",
    },
)
CALLS = Table("api_calls", {"account": "text", "limit_name": "text", "slot": "bigint", "calls": "integer"})


@dataclass(frozen=True)
class KeptAccount:
    account: str
    held_until: datetime
    remaining: int | None
    total: int | None
    resets_at: datetime | None
    observed_at: datetime | None


@dataclass(frozen=True)
class _Slot:
    limit_name: str
    slot: int
    calls: int


class ApiCalls:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def held(self, account: str) -> Iterator[KeptAccount]:
        """The account, this caller's alone until the block ends."""
        with self._database.transaction():
            self._database.run(
                "INSERT INTO api_accounts (account) VALUES (%(account)s) ON CONFLICT DO NOTHING",
                {"account": account},
            )
            kept = self._database.one(
                KeptAccount,
                "SELECT account, held_until, remaining, total, resets_at, observed_at FROM api_accounts "
                "WHERE account = %(account)s FOR UPDATE",
                {"account": account},
            )
            if kept is None:
                raise AssertionError("the row was inserted in this transaction")
            yield kept

    def used(self, account: str) -> dict[str, dict[int, int]]:
        """Calls by limit and slot."""
        found: dict[str, dict[int, int]] = {}
        rows = self._database.all(
            _Slot,
            "SELECT limit_name, slot, calls FROM api_calls WHERE account = %(account)s",
            {"account": account},
        )
        for row in rows:
            found.setdefault(row.limit_name, {})[row.slot] = row.calls
        return found

    def count(self, account: str, slots: Mapping[str, int], oldest: Mapping[str, int]) -> None:
        """One call more in a slot of each limit; slots before the `oldest` of their limit are forgotten."""
        for name, slot in slots.items():
            added = self._database.run(
                "INSERT INTO api_calls (account, limit_name, slot, calls) "
                "VALUES (%(account)s, %(name)s, %(slot)s, 1) "
                "ON CONFLICT (account, limit_name, slot) DO UPDATE SET calls = api_calls.calls + 1",
                {"account": account, "name": name, "slot": slot},
            )
            if added:
                self._database.run(
                    "DELETE FROM api_calls WHERE account = %(account)s AND limit_name = %(name)s "
                    "AND slot < %(oldest)s",
                    {"account": account, "name": name, "oldest": oldest[name]},
                )
        self._database.run(
            "UPDATE api_accounts SET remaining = greatest(remaining - 1, 0) "
            "WHERE account = %(account)s AND remaining IS NOT NULL",
            {"account": account},
        )

    def hold(self, account: str, until: datetime) -> None:
        """Nobody calls before; an earlier moment than the one that stands changes nothing."""
        self._database.run(
            "INSERT INTO api_accounts (account, held_until) VALUES (%(account)s, %(until)s) "
            "ON CONFLICT (account) DO UPDATE "
            "SET held_until = greatest(api_accounts.held_until, excluded.held_until)",
            {"account": account, "until": until},
        )

    def observe(
        self, account: str, at: datetime, remaining: int, total: int | None, resets_at: datetime | None
    ) -> None:
        self._database.run(
            "INSERT INTO api_accounts (account, remaining, total, resets_at, observed_at) "
            "VALUES (%(account)s, %(remaining)s, %(total)s, %(resets_at)s, %(at)s) "
            "ON CONFLICT (account) DO UPDATE SET remaining = excluded.remaining, total = excluded.total, "
            "resets_at = excluded.resets_at, observed_at = excluded.observed_at",
            {
                "account": account,
                "at": at,
                "remaining": remaining,
                "total": total,
                "resets_at": resets_at,
            },
        )

    def accounts(self) -> list[KeptAccount]:
        """Every account that was ever asked, by name."""
        return self._database.all(
            KeptAccount,
            "SELECT account, held_until, remaining, total, resets_at, observed_at FROM api_accounts "
            "ORDER BY account",
            {},
        )
