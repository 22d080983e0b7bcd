"""Sessions and API tokens: begun at a login, found again at every request.

Every login begins a session with a token of its own and ends the one the browser had. A session ends when
it was not used for a while, when it is old, when its user is disabled, or when somebody ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.web.auth.credentials import digest, new_session
from mainstem.web.auth.roles import Role
from mainstem.web.auth.viewer import ANONYMOUS, Viewer

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from mainstem.web.auth.accounts import Accounts
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import UserRecord

_WRITTEN_EVERY = timedelta(minutes=1)
"""A session or token in use is written down this often, not at every request."""


@dataclass(frozen=True)
class Lifetime:
    """Of a session."""

    idle: timedelta
    """Without a request."""
    whole: timedelta

    def idle_since(self, now: datetime) -> datetime:
        return now - self.idle


def begin_session(
    accounts: Accounts, user: UserRecord, origin: Origin, lifetime: Lifetime, replaced: str | None
) -> str:
    """Let `user` in; returns the token for the cookie. The session of the token `replaced` ends."""
    now, token = accounts.now(), new_session()
    with accounts.together():
        if replaced is not None:
            end_session(accounts, replaced, lifetime)
        accounts.sessions.start(
            user.id, digest(token), now, now + lifetime.whole, origin.address, origin.user_agent
        )
        accounts.users.logged_in(user.id, now)
    return token


def end_session(accounts: Accounts, token: str, lifetime: Lifetime) -> None:
    now = accounts.now()
    session = accounts.sessions.find(digest(token), now, lifetime.idle_since(now))
    if session is not None:
        accounts.sessions.end(session.id, session.user_id)


def viewer_of_session(accounts: Accounts, token: str, lifetime: Lifetime) -> Viewer:
    """Who a session's token lets in; ANONYMOUS when it lets nobody in."""
    now = accounts.now()
    with accounts.together():
        session = accounts.sessions.find(digest(token), now, lifetime.idle_since(now))
        user = accounts.users.by_id(session.user_id) if session else None
        if session is None or user is None or user.disabled_at is not None:
            return ANONYMOUS
        if now - session.last_seen_at >= _WRITTEN_EVERY:
            accounts.sessions.seen(session.id, now)
        role = Role.of(user.role)
        other = _seen_as(accounts, session.seen_as) if role >= Role.ADMIN else None
        shown, role = (other, Role.of(other.role)) if other else (user, role)
        asking = accounts.asking_of(shown, role)
    seen_by = user.login if other else None
    return Viewer(shown.login, role, shown.id, session.id, csrf_seed=token, seen_by=seen_by, asking=asking)


def _seen_as(accounts: Accounts, user_id: uuid.UUID | None) -> UserRecord | None:
    """None for one who can no longer see anything."""
    user = accounts.users.by_id(user_id) if user_id is not None else None
    return user if user is not None and user.disabled_at is None else None


def viewer_of_token(accounts: Accounts, token: str) -> Viewer:
    """Who an API token lets in: its user, with the lower of the two roles; ANONYMOUS when nobody."""
    now = accounts.now()
    with accounts.together():
        found = accounts.tokens.find(digest(token), now)
        user = accounts.users.by_id(found.user_id) if found else None
        if found is None or user is None or user.disabled_at is not None:
            return ANONYMOUS
        if found.last_used_at is None or now - found.last_used_at >= _WRITTEN_EVERY:
            accounts.tokens.used(found.id, now)
        role = min(Role.of(found.role), Role.of(user.role))
        asking = accounts.asking_of(user, role)
    return Viewer(user.login, role, user.id, asking=asking)
