"""User attributes as pages show them, and what is done to their values: checked, kept, written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.semantics.attributes import problem_with
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.standing import given_values

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from mainstem.semantics.settings import UserAttribute
    from mainstem.web.auth.accounts import Accounts
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import GroupRecord, StandingRecord, UserRecord
    from mainstem.web.auth.viewer import Viewer

NAME = "name"
VALUE = "value"


@dataclass(frozen=True)
class ShownAttribute:
    name: str
    label: str
    type: str
    allowed: tuple[str, ...]
    value: str | None
    """What counts; None: they have none."""
    source: str
    """Where it comes from, in words."""
    own: str
    """What is set here and can be changed here; empty: nothing."""
    hidden: bool
    editable: bool


class NotValid(Exception):
    """The value cannot be kept; the text says what is valid."""


def of_user(
    attributes: Mapping[str, UserAttribute], login: str, standing: StandingRecord
) -> list[ShownAttribute]:
    """As administrators see them."""
    values = given_values(attributes, login, standing)
    return [
        _shown(name, one, values.get(name), standing.given.get(name, ""))
        for name, one in sorted(attributes.items())
    ]


def of_viewer(
    attributes: Mapping[str, UserAttribute], login: str, standing: StandingRecord
) -> list[ShownAttribute]:
    """As the user themself sees them: none that is hidden, and their own choice first."""
    values = given_values(attributes, login, standing)
    chosen = {name: (value, "your choice") for name, value in standing.chosen.items()}
    return [
        _shown(
            name,
            one,
            (chosen.get(name) if one.editable else None) or values.get(name),
            standing.chosen.get(name, "") if one.editable else "",
        )
        for name, one in sorted(attributes.items())
        if not one.hidden
    ]


def of_group(attributes: Mapping[str, UserAttribute], group: GroupRecord) -> list[ShownAttribute]:
    return [_shown(name, one, None, group.values.get(name, "")) for name, one in sorted(attributes.items())]


def give_user(
    accounts: Accounts, user: UserRecord, name: str, value: str, by: Viewer | None, origin: Origin | None
) -> None:
    """An empty value takes it away. Raises NotValid, KeyError for an attribute there is not."""
    kept = _checked(accounts.attributes[name], value, chosen=False)
    with accounts.together():
        accounts.standings.set(user.id, name, kept, chosen=False)
        note(accounts, Action.USER_ATTRIBUTE, origin, by, user.login, attribute=name, value=kept or "")


def choose(accounts: Accounts, viewer: Viewer, name: str, value: str, origin: Origin) -> None:
    """The viewer's own choice, as `give_user`. Raises KeyError for one that they may not set."""
    attribute = accounts.attributes[name]
    if not attribute.editable or attribute.hidden or viewer.user_id is None:
        raise KeyError(name)
    kept = _checked(attribute, value, chosen=True)
    with accounts.together():
        accounts.standings.set(viewer.user_id, name, kept, chosen=True)
        note(
            accounts,
            Action.USER_ATTRIBUTE,
            origin,
            viewer,
            viewer.login,
            attribute=name,
            value=kept or "",
            chosen="yes",
        )


def give_group(
    accounts: Accounts, group: GroupRecord, name: str, value: str, by: Viewer, origin: Origin
) -> None:
    kept = _checked(accounts.attributes[name], value, chosen=False)
    with accounts.together():
        accounts.groups.set(group.id, name, kept)
        note(accounts, Action.GROUP_ATTRIBUTE, origin, by, group.name, attribute=name, value=kept or "")


def group_named(accounts: Accounts, group_id: uuid.UUID) -> GroupRecord | None:
    return next((group for group in accounts.groups.all() if group.id == group_id), None)


def _checked(attribute: UserAttribute, value: str, *, chosen: bool) -> str | None:
    value = value.strip()
    if not value:
        return None
    problem = problem_with(attribute, value, chosen=chosen)
    if problem:
        raise NotValid(problem)
    return value


def _shown(name: str, one: UserAttribute, value: tuple[str, str] | None, own: str) -> ShownAttribute:
    return ShownAttribute(
        name=name,
        label=one.label or name.replace("_", " ").capitalize(),
        type=one.type,
        allowed=one.allowed,
        value=value[0] if value else None,
        source=value[1] if value else "",
        own=own,
        hidden=one.hidden,
        editable=one.editable,
    )
