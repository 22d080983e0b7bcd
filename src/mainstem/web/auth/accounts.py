"""Everything about accounts that the pages need, in one value, and the way to it from the event loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import anyio
from anyio import to_thread

from mainstem.web.auth.passwords import Passwords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from mainstem.query.context import Asking
    from mainstem.semantics.settings import UserAttribute
    from mainstem.web.auth.roles import Role
    from mainstem.web.auth.stores import (
        Attempts,
        AuditLog,
        Groups,
        Links,
        Sessions,
        Standings,
        Tokens,
        UserRecord,
        Users,
    )

Answer = TypeVar("Answer")

_AT_ONCE = 8
_HASHING_AT_ONCE = 2  # 64 MiB each


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Accounts:
    users: Users
    sessions: Sessions
    tokens: Tokens
    links: Links
    attempts: Attempts
    audit: AuditLog
    groups: Groups
    standings: Standings
    together: Callable[[], AbstractContextManager[object]]
    """A block in which this thread's changes are made all or not at all."""
    asking_of: Callable[[UserRecord, Role], Asking]
    """What a user, let in with that role, is shown; asked at each request of theirs."""
    attributes: Mapping[str, UserAttribute]
    """The user attributes that the project defines."""
    passwords: Passwords = field(default_factory=Passwords)
    now: Callable[[], datetime] = _now
    threads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_AT_ONCE))
    hashers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_HASHING_AT_ONCE))

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Do what waits for the database on a thread, a bounded number at once."""
        return await to_thread.run_sync(work, limiter=self.threads)

    async def run_hashing(self, work: Callable[[], Answer]) -> Answer:
        """The same for what hashes a password, so that logins take neither the memory nor every thread."""
        return await to_thread.run_sync(work, limiter=self.hashers)
