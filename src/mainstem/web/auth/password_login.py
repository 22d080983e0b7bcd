"""A login with name and password. One answer for every reason it fails, in the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.throttle import WINDOW, attempt_succeeded, begin_attempt

if TYPE_CHECKING:
    from mainstem.web.auth.accounts import Accounts
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import UserRecord

WRONG = "Login or password is wrong."
TOO_MANY = (
    f"Too many attempts. Wait {WINDOW.seconds // 60} minutes, or ask an administrator for a one-time link."
)


def check_password(accounts: Accounts, login: str, password: str, origin: Origin) -> UserRecord | str:
    """The user who may come in, or what to tell whoever tried."""
    attempt = begin_attempt(accounts, login, origin.address)
    user = accounts.users.by_login(login.strip())
    if attempt is None:
        note(accounts, Action.LOGIN_THROTTLED, origin, None, user.login if user else None)
        return TOO_MANY
    kept = accounts.users.password_hash(user.id) if user else None
    right = accounts.passwords.matches(kept, password)
    if user is None or not right or user.disabled_at is not None:
        note(accounts, Action.LOGIN_FAILED, origin, None, user.login if user else None)
        return WRONG
    with accounts.together():
        attempt_succeeded(accounts, attempt, login)
        if kept is not None and accounts.passwords.outdated(kept):
            accounts.users.set_password(user.id, accounts.passwords.hash(password))
        note(accounts, Action.LOGIN, origin, user)
    return user
