"""One-time links: to set a password with, or to log straight in with.

The first is for a new user, or one who forgot; the second for whoever started a demo in a terminal.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.credentials import digest, new_link

if TYPE_CHECKING:
    from mainstem.web.auth.accounts import Accounts
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import LinkRecord, UserRecord
    from mainstem.web.auth.viewer import Viewer

VALID_FOR = timedelta(hours=24)


class Purpose(StrEnum):
    PASSWORD = "password"  # noqa: S105 # the name of a purpose
    LOGIN = "login"


def make_link(
    accounts: Accounts, user: UserRecord, purpose: Purpose, by: Viewer | None, origin: Origin | None
) -> str:
    """The path of a new link for `user`, good once and for a day; their older links are ended."""
    token, now = new_link(), accounts.now()
    with accounts.together():
        accounts.links.add(user.id, digest(token), purpose.value, now, now + VALID_FOR)
        note(accounts, Action.LINK_MADE, origin, by, user.login, purpose=purpose.value)
    return f"/login/link/{token}"


def look_at(accounts: Accounts, token: str) -> tuple[LinkRecord, UserRecord] | None:
    """The link and its user, while it is good. It stays so."""
    return _with_user(accounts, accounts.links.find(digest(token), accounts.now()))


def spend(accounts: Accounts, token: str) -> tuple[LinkRecord, UserRecord] | None:
    """The same for the first who calls, and nothing for anybody after."""
    return _with_user(accounts, accounts.links.spend(digest(token), accounts.now()))


def _with_user(accounts: Accounts, link: LinkRecord | None) -> tuple[LinkRecord, UserRecord] | None:
    user = accounts.users.by_id(link.user_id) if link else None
    if link is None or user is None or user.disabled_at is not None:
        return None
    return link, user
