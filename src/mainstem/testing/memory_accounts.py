"""Accounts kept in memory: users, sessions, tokens, links, attempts and the audit log, gone with the object.

Passwords are hashed as cheaply as argon2 allows. It is held to the same contract as Postgres.
"""

from __future__ import annotations

import threading
import uuid
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher

from mainstem.web.auth.accounts import Accounts
from mainstem.web.auth.credentials import digest, new_api_token, new_session
from mainstem.web.auth.passwords import Passwords
from mainstem.web.auth.standing import asking_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.semantics.settings import UserAttribute
    from mainstem.web.auth.roles import Role


_LAST = 2**31 - 1


@dataclass(frozen=True)
class KeptUser:
    id: uuid.UUID
    login: str
    role: str
    created_at: datetime
    hash: str | None = None
    last_login_at: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def has_password(self) -> bool:
        return self.hash is not None


@dataclass(frozen=True)
class KeptSession:
    id: uuid.UUID
    user_id: uuid.UUID
    token_hash: bytes
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    seen_as: uuid.UUID | None = None


@dataclass(frozen=True)
class KeptGroup:
    id: uuid.UUID
    name: str
    everybody: bool = False
    position: int = 0
    models: tuple[str, ...] | None = ()
    values: Mapping[str, str] = field(default_factory=dict)
    members: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class KeptStanding:
    given: Mapping[str, str]
    chosen: Mapping[str, str]
    groups: tuple[KeptGroup, ...]


@dataclass(frozen=True)
class KeptToken:
    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    token_hash: bytes
    role: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True)
class KeptLink:
    user_id: uuid.UUID
    token_hash: bytes
    purpose: str
    expires_at: datetime
    used: bool = False


@dataclass(frozen=True)
class KeptEntry:
    id: int
    at: datetime
    action: str
    actor: str | None = None
    address: str | None = None
    target: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


def _only_everybody() -> dict[uuid.UUID, KeptGroup]:
    group = KeptGroup(uuid.uuid4(), "Everybody", everybody=True, position=_LAST, models=None)
    return {group.id: group}


@dataclass
class _State:
    users: dict[uuid.UUID, KeptUser] = field(default_factory=dict)
    sessions: dict[uuid.UUID, KeptSession] = field(default_factory=dict)
    tokens: dict[uuid.UUID, KeptToken] = field(default_factory=dict)
    links: list[KeptLink] = field(default_factory=list)
    attempts: list[tuple[uuid.UUID, bytes, datetime]] = field(default_factory=list)
    entries: list[KeptEntry] = field(default_factory=list)
    groups: dict[uuid.UUID, KeptGroup] = field(default_factory=_only_everybody)
    values: dict[tuple[uuid.UUID, str, bool], str] = field(default_factory=dict)


class _Repository:
    def __init__(self, kept: MemoryAccounts) -> None:
        self._kept = kept

    @property
    def _state(self) -> _State:
        return self._kept.state


class _Users(_Repository):
    def add(self, login: str, role: str, at: datetime) -> KeptUser | None:
        if self.by_login(login) is not None:
            return None
        user = KeptUser(uuid.uuid4(), login, role, at)
        self._state.users[user.id] = user
        return user

    def all(self) -> list[KeptUser]:
        return sorted(self._state.users.values(), key=lambda user: user.login.lower())

    def by_id(self, user_id: uuid.UUID) -> KeptUser | None:
        return self._state.users.get(user_id)

    def by_login(self, login: str) -> KeptUser | None:
        return next((user for user in self.all() if user.login.lower() == login.lower()), None)

    def password_hash(self, user_id: uuid.UUID) -> str | None:
        user = self.by_id(user_id)
        return user.hash if user else None

    def set_password(self, user_id: uuid.UUID, password_hash: str) -> None:
        self._change(user_id, hash=password_hash)

    def set_role(self, user_id: uuid.UUID, role: str) -> None:
        self._change(user_id, role=role)

    def set_disabled(self, user_id: uuid.UUID, at: datetime | None) -> None:
        self._change(user_id, disabled_at=at)

    def logged_in(self, user_id: uuid.UUID, at: datetime) -> None:
        self._change(user_id, last_login_at=at)

    def _change(self, user_id: uuid.UUID, **values: Any) -> None:
        if user_id in self._state.users:
            self._state.users[user_id] = replace(self._state.users[user_id], **values)


class _Sessions(_Repository):
    def start(
        self,
        user_id: uuid.UUID,
        token_hash: bytes,
        at: datetime,
        expires_at: datetime,
        address: str,
        user_agent: str,
    ) -> None:
        session = KeptSession(uuid.uuid4(), user_id, token_hash, at, at, expires_at, address, user_agent)
        self._state.sessions[session.id] = session

    def find(self, token_hash: bytes, at: datetime, idle_since: datetime) -> KeptSession | None:
        return next((s for s in self._good(at, idle_since) if s.token_hash == token_hash), None)

    def seen(self, session_id: uuid.UUID, at: datetime) -> None:
        session = self._state.sessions.get(session_id)
        if session is not None:
            self._state.sessions[session_id] = replace(session, last_seen_at=at)

    def see_as(self, session_id: uuid.UUID, user_id: uuid.UUID | None) -> None:
        self._state.sessions[session_id] = replace(self._state.sessions[session_id], seen_as=user_id)

    def of_user(self, user_id: uuid.UUID, at: datetime, idle_since: datetime) -> list[KeptSession]:
        found = [session for session in self._good(at, idle_since) if session.user_id == user_id]
        return sorted(found, key=lambda session: session.last_seen_at, reverse=True)

    def end(self, session_id: uuid.UUID, user_id: uuid.UUID) -> bool:
        session = self._state.sessions.get(session_id)
        if session is None or session.user_id != user_id:
            return False
        del self._state.sessions[session_id]
        return True

    def end_all(self, user_id: uuid.UUID, but: uuid.UUID | None = None) -> int:
        ended = [s.id for s in self._state.sessions.values() if s.user_id == user_id and s.id != but]
        for session_id in ended:
            del self._state.sessions[session_id]
        return len(ended)

    def _good(self, at: datetime, idle_since: datetime) -> list[KeptSession]:
        sessions = self._state.sessions.values()
        return [s for s in sessions if s.expires_at > at and s.last_seen_at > idle_since]


class _Tokens(_Repository):
    def add(
        self,
        user_id: uuid.UUID,
        name: str,
        token_hash: bytes,
        role: str,
        at: datetime,
        expires_at: datetime | None,
    ) -> uuid.UUID:
        token = KeptToken(uuid.uuid4(), user_id, name, token_hash, role, at, expires_at)
        self._state.tokens[token.id] = token
        return token.id

    def find(self, token_hash: bytes, at: datetime) -> KeptToken | None:
        return next((token for token in self._good(at) if token.token_hash == token_hash), None)

    def used(self, token_id: uuid.UUID, at: datetime) -> None:
        self._state.tokens[token_id] = replace(self._state.tokens[token_id], last_used_at=at)

    def of_user(self, user_id: uuid.UUID, at: datetime) -> list[KeptToken]:
        found = [token for token in self._good(at) if token.user_id == user_id]
        return sorted(found, key=lambda token: token.created_at, reverse=True)

    def revoke(self, token_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> bool:
        token = self._state.tokens.get(token_id)
        if token is None or token.user_id != user_id or token.revoked:
            return False
        self._state.tokens[token_id] = replace(token, revoked=True)
        return True

    def _good(self, at: datetime) -> list[KeptToken]:
        tokens = self._state.tokens.values()
        return [t for t in tokens if not t.revoked and (t.expires_at is None or t.expires_at > at)]


class _Links(_Repository):
    def add(
        self, user_id: uuid.UUID, token_hash: bytes, purpose: str, at: datetime, expires_at: datetime
    ) -> None:
        self._state.links[:] = [link for link in self._state.links if link.user_id != user_id]
        self._state.links.append(KeptLink(user_id, token_hash, purpose, expires_at))

    def find(self, token_hash: bytes, at: datetime) -> KeptLink | None:
        links = self._state.links
        good = (link for link in links if not link.used and link.expires_at > at)
        return next((link for link in good if link.token_hash == token_hash), None)

    def spend(self, token_hash: bytes, at: datetime) -> KeptLink | None:
        with self._kept.lock:
            link = self.find(token_hash, at)
            if link is not None:
                self._state.links[self._state.links.index(link)] = replace(link, used=True)
            return link


class _Attempts(_Repository):
    def begin(self, limits: Mapping[bytes, int], at: datetime, since: datetime) -> uuid.UUID | None:
        with self._kept.lock:
            attempts = self._state.attempts
            attempts[:] = [kept for kept in attempts if kept[2] >= since]
            subjects = [subject for _, subject, _ in attempts]
            if any(subjects.count(subject) >= limit for subject, limit in limits.items()):
                return None
            attempt = uuid.uuid4()
            attempts.extend((attempt, subject, at) for subject in limits)
            return attempt

    def succeeded(self, attempt: uuid.UUID, account: bytes) -> None:
        attempts = self._state.attempts
        attempts[:] = [kept for kept in attempts if kept[0] != attempt and kept[1] != account]


class _AuditLog(_Repository):
    def add(
        self,
        at: datetime,
        action: str,
        *,
        actor_id: uuid.UUID | None = None,
        actor: str | None = None,
        address: str | None = None,
        target: str | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        entries = self._state.entries
        entries.append(KeptEntry(len(entries) + 1, at, action, actor, address, target, dict(details or {})))

    def newest(
        self, limit: int, *, before: int | None = None, action: str | None = None, who: str | None = None
    ) -> list[KeptEntry]:
        found = [
            entry
            for entry in reversed(self._state.entries)
            if (before is None or entry.id < before)
            and (action is None or entry.action == action)
            and (who is None or who in (entry.actor, entry.target))
        ]
        return found[:limit]


class _Groups(_Repository):
    def all(self) -> list[KeptGroup]:
        return sorted(self._state.groups.values(), key=lambda group: (group.position, group.name))

    def add(self, name: str, at: datetime) -> uuid.UUID | None:
        groups = self._state.groups
        if any(group.name.lower() == name.lower() for group in groups.values()):
            return None
        place = max((group.position for group in groups.values() if not group.everybody), default=0) + 1
        group = KeptGroup(uuid.uuid4(), name, position=place)
        groups[group.id] = group
        return group.id

    def remove(self, group_id: uuid.UUID) -> bool:
        group = self._state.groups.get(group_id)
        if group is None or group.everybody:
            return False
        del self._state.groups[group_id]
        return True

    def order(self, group_ids: Sequence[uuid.UUID]) -> None:
        for place, group_id in enumerate(group_ids, 1):
            if group_id in self._state.groups and not self._state.groups[group_id].everybody:
                self._change(group_id, position=place)

    def open(self, group_id: uuid.UUID, models: Sequence[str] | None) -> None:
        self._change(group_id, models=None if models is None else tuple(models))

    def join(self, group_id: uuid.UUID, user_id: uuid.UUID) -> None:
        members = self._state.groups[group_id].members
        self._change(group_id, members=tuple(dict.fromkeys((*members, user_id))))

    def leave(self, group_id: uuid.UUID, user_id: uuid.UUID) -> None:
        members = self._state.groups[group_id].members
        self._change(group_id, members=tuple(member for member in members if member != user_id))

    def set(self, group_id: uuid.UUID, name: str, value: str | None) -> None:
        values = {key: kept for key, kept in self._state.groups[group_id].values.items() if key != name}
        self._change(group_id, values=values if value is None else {**values, name: value})

    def _change(self, group_id: uuid.UUID, **values: Any) -> None:
        self._state.groups[group_id] = replace(self._state.groups[group_id], **values)


class _Standings(_Repository):
    def of(self, user_id: uuid.UUID) -> KeptStanding:
        values = {key[1:]: value for key, value in self._state.values.items() if key[0] == user_id}
        return KeptStanding(
            {name: value for (name, chosen), value in values.items() if not chosen},
            {name: value for (name, chosen), value in values.items() if chosen},
            tuple(g for g in self._kept.accounts.groups.all() if g.everybody or user_id in g.members),  # type: ignore[misc] # they are ours
        )

    def set(self, user_id: uuid.UUID, name: str, value: str | None, *, chosen: bool) -> None:
        if value is None:
            self._state.values.pop((user_id, name, chosen), None)
        else:
            self._state.values[user_id, name, chosen] = value


class MemoryAccounts:
    """`accounts` is what a web server is built with; `now` is the moment it takes it to be."""

    def __init__(self, attributes: Mapping[str, UserAttribute] | None = None) -> None:
        """`attributes` of users, as a project would define them."""
        self.now = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
        self.state = _State()
        self.lock = threading.RLock()
        self.accounts = Accounts(
            users=_Users(self),
            sessions=_Sessions(self),
            tokens=_Tokens(self),
            links=_Links(self),
            attempts=_Attempts(self),
            audit=_AuditLog(self),
            groups=_Groups(self),
            standings=_Standings(self),
            attributes=attributes or {},
            asking_of=asking_by(attributes or {}, _Standings(self)),
            together=self._together,
            passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            now=lambda: self.now,
        )

    def user(self, login: str, role: Role, password: str | None = None) -> uuid.UUID:
        """The user of that login, made where there is none."""
        kept = self.accounts.users
        user = kept.by_login(login) or kept.add(login, role.label, self.now)
        assert user is not None  # noqa: S101 # found or made
        if password is not None:
            kept.set_password(user.id, self.accounts.passwords.hash(password))
        return user.id

    def give(self, login: str, **values: str) -> None:
        """The user of that login, who is there, gets these values of attributes."""
        user = self.accounts.users.by_login(login)
        assert user is not None  # noqa: S101 # a test made them
        for name, value in values.items():
            self.accounts.standings.set(user.id, name, value, chosen=False)

    def session(self, login: str, role: Role) -> str:
        """A session of the user: what its cookie holds."""
        token = new_session()
        expires_at = self.now.replace(year=self.now.year + 1)
        user_id = self.user(login, role)
        self.accounts.sessions.start(user_id, digest(token), self.now, expires_at, "127.0.0.1", "a test")
        return token

    def api_token(self, login: str, role: Role) -> str:
        """A token of the user, to send as `Authorization: Bearer …`."""
        token = new_api_token()
        self.accounts.tokens.add(
            self.user(login, role), "of a test", digest(token), role.label, self.now, None
        )
        return token

    @contextmanager
    def _together(self) -> Iterator[None]:
        with self.lock:
            before = deepcopy(self.state)
            try:
                yield
            except BaseException:
                self.state = before
                raise
