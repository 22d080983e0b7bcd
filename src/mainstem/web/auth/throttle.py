"""How many wrong passwords are looked at: some for an account, more for an address, in a quarter of an hour.

Accounts are counted by a digest of what was typed, since people type passwords into the wrong field.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.web.auth.credentials import digest

if TYPE_CHECKING:
    import uuid

    from mainstem.web.auth.accounts import Accounts

WINDOW = timedelta(minutes=15)
FOR_ACCOUNT = 10
FOR_ADDRESS = 50
"""More than for an account: offices share an address."""


def begin_attempt(accounts: Accounts, login: str, address: str) -> uuid.UUID | None:
    """Count an attempt before the password is looked at; None when it must not be."""
    now = accounts.now()
    limits = {account_subject(login): FOR_ACCOUNT, digest(f"address {address}"): FOR_ADDRESS}
    return accounts.attempts.begin(limits, now, now - WINDOW)


def attempt_succeeded(accounts: Accounts, attempt: uuid.UUID, login: str) -> None:
    accounts.attempts.succeeded(attempt, account_subject(login))


def account_subject(login: str) -> bytes:
    return digest(f"account {login.strip().lower()}")
