"""Truth about identity: whose an id is, and what of it anybody could have observed.

A link says that an id belongs to a person, known or not. An edge says that two ids of one person stood
together in an event or a row: a path of edges is what makes a pair of ids findable. It judges nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mainstem.simulate.world.output import Truth

if TYPE_CHECKING:
    from datetime import datetime

Id: TypeAlias = tuple[str, str]
"""Type (anonymous_id, portal_user, email, crm_lead, crm_contact) and value."""


def person(at: datetime, person_id: str, first_seen_at: datetime, *, on_site: bool) -> tuple[datetime, Truth]:
    """`on_site`: whether they ever visit the website; the others are known to the CRM alone."""
    row = {"person_id": person_id, "first_seen_at": first_seen_at, "on_site": on_site}
    return at, Truth(at, "persons", row)


def link(at: datetime, person_id: str, one: Id, evidence: str) -> tuple[datetime, Truth]:
    row = {"person_id": person_id, "type": one[0], "value": one[1], "at": at, "evidence": evidence}
    return at, Truth(at, "links", row)


def edge(
    at: datetime, person_id: str, one: Id, other: Id, seen_in: str, *, blocked: bool = False
) -> tuple[datetime, Truth]:
    """`blocked`: in an event that a browser keeps from the SDK's usual paths."""
    row = {
        "person_id": person_id,
        "type": one[0],
        "value": one[1],
        "other_type": other[0],
        "other_value": other[1],
        "at": at,
        "seen_in": seen_in,
        "blocked": blocked,
    }
    return at, Truth(at, "identity_edges", row)
