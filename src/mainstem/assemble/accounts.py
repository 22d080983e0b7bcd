"""Accounts of a project, kept in its Postgres: for the web server, and for who starts the project.

A project whose users cannot log in is opened with a one-time link, printed where it was started; nothing is
ever opened without one.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.assemble.postgres import open_records
from mainstem.errors import StoreUnavailable
from mainstem.semantics.settings import SemanticsSettings
from mainstem.store.accounts import Attempts, AuditLog, Groups, Links, Sessions, Standings, Tokens, Users
from mainstem.web.auth import Accounts, Role
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.credentials import digest, new_api_token
from mainstem.web.auth.links import Purpose, make_link
from mainstem.web.auth.standing import asking_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.assemble.project import Project
    from mainstem.semantics.settings import UserAttribute
    from mainstem.store import Database
    from mainstem.web.auth.stores import UserRecord

FIRST_ADMIN = "admin"
_OWN_TOKEN_HOURS = 1


def accounts_in(database: Database, attributes: Mapping[str, UserAttribute] | None = None) -> Accounts:
    """Accounts kept in the database `mainstem`; `attributes`: those of users that the project defines."""
    standings = Standings(database)
    return Accounts(
        users=Users(database),
        sessions=Sessions(database),
        tokens=Tokens(database),
        links=Links(database),
        attempts=Attempts(database),
        audit=AuditLog(database),
        together=database.transaction,
        groups=Groups(database),
        standings=standings,
        attributes=attributes or {},
        asking_of=asking_by(attributes or {}, standings),
    )


@contextmanager
def open_accounts(project: Project, process: str) -> Iterator[Accounts]:
    """Raises as `open_records`."""
    with open_records(project, process) as database:
        yield accounts_in(database, project.config.section("semantics", SemanticsSettings).user_attributes)


def first_admin_link(accounts: Accounts) -> str | None:
    """The path of a link that sets an administrator's password, where none could log in; else None."""
    if any(_administers(user) and user.has_password for user in accounts.users.all()):
        return None
    return make_link(accounts, _admin(accounts), Purpose.PASSWORD, None, None)


def login_link(accounts: Accounts) -> str:
    """The path of a link that logs straight in as an administrator."""
    return make_link(accounts, _admin(accounts), Purpose.LOGIN, None, None)


@contextmanager
def own_token(accounts: Accounts, name: str, role: Role = Role.VIEWER) -> Iterator[str]:
    """An API token of that role, for a program of ours: revoked when the block ends, and good for an hour if
    it should never end."""
    user, token = _admin(accounts), new_api_token()
    with accounts.together():
        now = accounts.now()
        expires_at = now + timedelta(hours=_OWN_TOKEN_HOURS)
        token_id = accounts.tokens.add(user.id, name, digest(token), role.label, now, expires_at)
        note(accounts, Action.TOKEN_MADE, None, None, name, role=role.label)
    try:
        yield token
    finally:
        with accounts.together():
            accounts.tokens.revoke(token_id, user.id, accounts.now())
            note(accounts, Action.TOKEN_REVOKED, None, None, name)


def _administers(user: UserRecord) -> bool:
    return user.role == Role.ADMIN.label and user.disabled_at is None


def _admin(accounts: Accounts) -> UserRecord:
    """The user `admin`, or another who administers; `admin` is made or put back when nobody does."""
    with accounts.together():
        able = [user for user in accounts.users.all() if _administers(user)]
        if not able:
            able = [_restored_admin(accounts)]
        return next((user for user in able if user.login == FIRST_ADMIN), able[0])


def _restored_admin(accounts: Accounts) -> UserRecord:
    now, role = accounts.now(), Role.ADMIN.label
    user = accounts.users.add(FIRST_ADMIN, role, now) or accounts.users.by_login(FIRST_ADMIN)
    if user is None:
        raise StoreUnavailable(f"the user {FIRST_ADMIN} could be neither made nor found")
    accounts.users.set_role(user.id, role)
    accounts.users.set_disabled(user.id, None)
    note(accounts, Action.USER_MADE, None, None, FIRST_ADMIN, role=role)
    return user
