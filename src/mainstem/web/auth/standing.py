"""From what is kept of a user to what they are shown: values of attributes, and models.

A user's own value wins over their groups', the first group that gives one over the others, and any over the
default. What users chose themselves is kept apart: it guards nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.context import Asking
from mainstem.semantics.attributes import BUILT_IN, plain_names
from mainstem.web.auth.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.semantics.settings import UserAttribute
    from mainstem.web.auth.stores import StandingRecord, Standings, UserRecord

    AskingOf = Callable[[UserRecord, Role], Asking]


def asking_by(attributes: Mapping[str, UserAttribute], standings: Standings) -> AskingOf:
    """What finds out, for a user let in with a role, what they are shown."""

    def asking_of(user: UserRecord, role: Role) -> Asking:
        return asking_from(attributes, user.login, role, standings.of(user.id))

    return asking_of


def asking_from(
    attributes: Mapping[str, UserAttribute], login: str, role: Role, standing: StandingRecord
) -> Asking:
    """A value of an attribute that is not defined, or no longer, is none."""
    known = {*attributes, *BUILT_IN}
    given = {name: value for name, (value, _) in given_values(attributes, login, standing).items()}
    chosen = {
        name: value
        for name, value in standing.chosen.items()
        if name in attributes and attributes[name].editable
    }
    sees_everything = role >= Role.ADMIN
    return Asking(
        user_attributes={name: value for name, value in given.items() if name in known},
        chosen_attributes=chosen,
        plain_attributes=plain_names(attributes),
        sees_everything=sees_everything,
        models=None if sees_everything else opened_models(standing),
    )


def given_values(
    attributes: Mapping[str, UserAttribute], login: str, standing: StandingRecord
) -> dict[str, tuple[str, str]]:
    """Name → value and, in words, where it comes from; what users chose themselves is not among them."""
    found = {"login": (login, "the login")}
    if "@" in login:
        found["email"] = (login, "the login")
    found |= {name: (one.default, "default") for name, one in attributes.items() if one.default is not None}
    for group in reversed(standing.groups):
        found |= {name: (value, f"group {group.name}") for name, value in group.values.items()}
    return found | {name: (value, "own") for name, value in standing.given.items()}


def opened_models(standing: StandingRecord) -> frozenset[str] | None:
    """Those that any of their groups opens; None: every one."""
    found: set[str] = set()
    for group in standing.groups:
        if group.models is None:
            return None
        found |= set(group.models)
    return frozenset(found)
