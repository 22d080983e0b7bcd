"""What the login needs kept, as seams: whoever builds the server hands in something that keeps it.

Times are aware; hashes are those of `credentials.digest`. `tests/contract/test_accounts.py` is the suite that
every implementation passes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class UserRecord(Protocol):
    @property
    def id(self) -> uuid.UUID: ...
    @property
    def login(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def has_password(self) -> bool: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def last_login_at(self) -> datetime | None: ...
    @property
    def disabled_at(self) -> datetime | None: ...


class Users(Protocol):
    """Users are found by login in any case, and never deleted."""

    def add(self, login: str, role: str, at: datetime) -> UserRecord | None:
        """A new user without a password; None when there is one of that login."""

    def all(self) -> Sequence[UserRecord]:
        """By login."""

    def by_id(self, user_id: uuid.UUID) -> UserRecord | None: ...
    def by_login(self, login: str) -> UserRecord | None: ...
    def password_hash(self, user_id: uuid.UUID) -> str | None: ...
    def set_password(self, user_id: uuid.UUID, password_hash: str) -> None: ...
    def set_role(self, user_id: uuid.UUID, role: str) -> None: ...
    def set_disabled(self, user_id: uuid.UUID, at: datetime | None) -> None: ...
    def logged_in(self, user_id: uuid.UUID, at: datetime) -> None: ...


class SessionRecord(Protocol):
    @property
    def id(self) -> uuid.UUID: ...
    @property
    def user_id(self) -> uuid.UUID: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def last_seen_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime: ...
    @property
    def address(self) -> str: ...
    @property
    def user_agent(self) -> str: ...
    @property
    def seen_as(self) -> uuid.UUID | None: ...


class Sessions(Protocol):
    def start(
        self,
        user_id: uuid.UUID,
        token_hash: bytes,
        at: datetime,
        expires_at: datetime,
        address: str,
        user_agent: str,
    ) -> None: ...

    def find(self, token_hash: bytes, at: datetime, idle_since: datetime) -> SessionRecord | None:
        """The session, unless it has expired or was last seen before `idle_since`."""

    def seen(self, session_id: uuid.UUID, at: datetime) -> None: ...

    def see_as(self, session_id: uuid.UUID, user_id: uuid.UUID | None) -> None:
        """From now on its user looks at pages as another one; None: as themself."""

    def of_user(self, user_id: uuid.UUID, at: datetime, idle_since: datetime) -> Sequence[SessionRecord]:
        """Those that `find` would find, the last seen first."""

    def end(self, session_id: uuid.UUID, user_id: uuid.UUID) -> bool:
        """Whether there was such a session of that user."""

    def end_all(self, user_id: uuid.UUID, but: uuid.UUID | None = None) -> int: ...


class TokenRecord(Protocol):
    @property
    def id(self) -> uuid.UUID: ...
    @property
    def user_id(self) -> uuid.UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def last_used_at(self) -> datetime | None: ...


class Tokens(Protocol):
    def add(
        self,
        user_id: uuid.UUID,
        name: str,
        token_hash: bytes,
        role: str,
        at: datetime,
        expires_at: datetime | None,
    ) -> uuid.UUID: ...

    def find(self, token_hash: bytes, at: datetime) -> TokenRecord | None:
        """The token, unless it has expired or was revoked."""

    def used(self, token_id: uuid.UUID, at: datetime) -> None: ...

    def of_user(self, user_id: uuid.UUID, at: datetime) -> Sequence[TokenRecord]:
        """Those that `find` would find, the newest first."""

    def revoke(self, token_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> bool:
        """Whether there was such a token of that user, not revoked before."""


class Membership(Protocol):
    @property
    def id(self) -> uuid.UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def everybody(self) -> bool: ...
    @property
    def models(self) -> Sequence[str] | None: ...
    @property
    def values(self) -> Mapping[str, str]: ...


class StandingRecord(Protocol):
    @property
    def given(self) -> Mapping[str, str]: ...
    @property
    def chosen(self) -> Mapping[str, str]: ...
    @property
    def groups(self) -> Sequence[Membership]: ...


class Standings(Protocol):
    """What users are to LookML."""

    def of(self, user_id: uuid.UUID) -> StandingRecord:
        """Groups in their order, everybody's last."""

    def set(self, user_id: uuid.UUID, name: str, value: str | None, *, chosen: bool) -> None:
        """A value given by an administrator, or chosen by the user; None takes it away."""


class GroupRecord(Membership, Protocol):
    @property
    def position(self) -> int: ...
    @property
    def members(self) -> Sequence[uuid.UUID]: ...


class Groups(Protocol):
    """The group of everybody is always there, last, and has no members of its own."""

    def all(self) -> Sequence[GroupRecord]:
        """In their order."""

    def add(self, name: str, at: datetime) -> uuid.UUID | None:
        """A group that opens no model, last but for everybody's; None when there is one of that name."""

    def remove(self, group_id: uuid.UUID) -> bool:
        """Whether there was such a group, other than everybody's."""

    def order(self, group_ids: Sequence[uuid.UUID]) -> None: ...

    def open(self, group_id: uuid.UUID, models: Sequence[str] | None) -> None:
        """The models it opens; None: every one."""

    def join(self, group_id: uuid.UUID, user_id: uuid.UUID) -> None: ...
    def leave(self, group_id: uuid.UUID, user_id: uuid.UUID) -> None: ...

    def set(self, group_id: uuid.UUID, name: str, value: str | None) -> None:
        """The value of an attribute that it gives; None takes it away."""


class LinkRecord(Protocol):
    @property
    def user_id(self) -> uuid.UUID: ...
    @property
    def purpose(self) -> str: ...
    @property
    def expires_at(self) -> datetime: ...


class Links(Protocol):
    def add(
        self, user_id: uuid.UUID, token_hash: bytes, purpose: str, at: datetime, expires_at: datetime
    ) -> None:
        """A link; the user's older ones are ended."""

    def find(self, token_hash: bytes, at: datetime) -> LinkRecord | None: ...

    def spend(self, token_hash: bytes, at: datetime) -> LinkRecord | None:
        """The link for the one caller who is first; None for every later one."""


class Attempts(Protocol):
    def begin(self, limits: Mapping[bytes, int], at: datetime, since: datetime) -> uuid.UUID | None:
        """Count an attempt for every subject; None, and none is counted, when one is at its limit."""

    def succeeded(self, attempt: uuid.UUID, account: bytes) -> None:
        """Take the attempt back, and all that was counted for the account."""


class AuditEntry(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def action(self) -> str: ...
    @property
    def target(self) -> str | None: ...
    @property
    def details(self) -> Mapping[str, str]: ...


class AuditLog(Protocol):
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
    ) -> None: ...

    def newest(
        self, limit: int, *, before: int | None = None, action: str | None = None, who: str | None = None
    ) -> Sequence[AuditEntry]: ...
