"""What a connector or a destination is given to talk to its service.

All that it sends goes on the account's one budget, with the patience given; the settings may hold the account
to fewer calls than the service does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.saas.budget import Account, Limit
from mainstem.saas.session import READS, ApiSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from requests import Response

    from mainstem.saas.auth import Auth
    from mainstem.saas.budget import Budget, Quota
    from mainstem.saas.clock import Clock
    from mainstem.saas.session import Patience
    from mainstem.saas.verdict import Judge

_DAY = 86_400


@dataclass(frozen=True)
class Opening:
    name: str
    """Its name in the settings."""
    settings: Any
    """Of the kind's own Struct."""
    budget: Budget
    """The account's, which whatever else talks to the same account takes from too."""
    clock: Clock
    folder: Path
    """Its own, private: for tokens that a service rotates, and files on their way."""
    patience: Patience
    """Of its sessions."""

    def account(self, key: str, *limits: Limit) -> Account:
        """The service's account that is known by `key`, with the service's limits and those of the settings
        (`daily_calls`, `reserve_calls`)."""
        daily = self.settings.daily_calls
        own = () if daily is None else (Limit("day", daily, _DAY),)
        return Account(key, (*limits, *own), self.settings.reserve_calls)

    def session(
        self,
        base_url: str,
        account: Account,
        auth: Auth | None = None,
        *,
        judge: Judge = lambda response: None,
        quota_of: Callable[[Response], Quota | None] = lambda response: None,
        repeats: frozenset[str] = READS,
    ) -> ApiSession:
        """A new one; the rest as `ApiSession` has it."""
        return ApiSession(
            base_url,
            account,
            self.budget,
            auth,
            judge=judge,
            quota_of=quota_of,
            repeats=repeats,
            patience=self.patience,
            clock=self.clock,
        )
