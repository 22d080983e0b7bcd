"""`mainstem users`: accounts of a project from its machine; what is done is written to the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.accounts import open_accounts
from mainstem.assemble.project import open_project
from mainstem.errors import UsageError
from mainstem.semantics.problems import did_you_mean
from mainstem.web.auth.attributes import NotValid, give_user
from mainstem.web.auth.standing import given_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def user_lines(folder: Path) -> Iterator[str]:
    """A line for each user of the project in `folder`. Raises as `open_accounts`."""
    with open_accounts(open_project(folder), "users") as accounts:
        for user in accounts.users.all():
            standing = accounts.standings.of(user.id)
            values = given_values(accounts.attributes, user.login, standing)
            told = [
                f"{name}={value}"
                for name, (value, _) in sorted(values.items())
                if name in accounts.attributes
            ]
            groups = ", ".join(group.name for group in standing.groups if not group.everybody)
            state = " disabled" if user.disabled_at is not None else ""
            yield "  ".join(
                [f"{user.login} ({user.role}{state})", *([f"in {groups}"] if groups else []), *told]
            )


def set_user_attribute(folder: Path, login: str, name: str, value: str) -> None:
    """An empty value takes it away. Raises UsageError for a user or attribute there is not, and for a value
    that is not valid."""
    with open_accounts(open_project(folder), "users") as accounts:
        user = accounts.users.by_login(login)
        if user is None:
            logins = [one.login for one in accounts.users.all()]
            raise UsageError(f"there is no user {login}{did_you_mean(login, logins)}")
        if name not in accounts.attributes:
            known = ", ".join(sorted(accounts.attributes)) or "none: define it in [semantics.user_attributes]"
            raise UsageError(f"there is no user attribute {name}; there are {known}")
        try:
            give_user(accounts, user, name, value, None, None)
        except NotValid as e:
            raise UsageError(f"{name} cannot be {value!r}. {e}") from e
