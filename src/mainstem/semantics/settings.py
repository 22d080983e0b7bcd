"""Settings of the semantic model."""

from __future__ import annotations

from typing import Literal

import msgspec

from mainstem.config import Secret

AttributeType = Literal["string", "number", "date", "yesno", "string_filter", "number_filter", "date_filter"]


class UserAttribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[semantics.user_attributes.NAME]`: something LookML may know of whoever asks."""

    type: AttributeType = "string"
    """`string`, `number`, `date` and `yesno` are one value, matched exactly; `string_filter`,
    `number_filter` and `date_filter` are filter expressions, such as `north,south`."""
    label: str = ""
    """What people read instead of its name."""
    default: str | None = None
    """Of everybody without a value; None: they have none, and an access filter shows them nothing."""
    allowed: tuple[str, ...] = ()
    """The only values it can be given; empty: any of its type."""
    hidden: bool = False
    """Whether `/account` keeps it from the user it is of."""
    editable: bool = False
    """Whether users may set their own. What they set never counts in access filters and grants."""


class ConnectionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[semantics.connections.NAME]`: a Postgres database that is only read."""

    url: Secret
    """`postgresql://user:password@host:port/database`."""
    statement_timeout_s: float = 60.0
    """A query that takes longer is ended."""
    at_once: int = 4
    """Queries that run at the same time; more wait."""


class SemanticsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[semantics]` of `mainstem.toml`."""

    project_dir: str = "lookml"
    """Folder of the LookML project, relative to the project's own."""
    user_attributes: dict[str, UserAttribute] = {}
    """What LookML may know of who asks: access filters, access grants and Liquid read it. A table for each:
    `[semantics.user_attributes.NAME]` with `type` (`string`; or `number`, `date`, `yesno`, `string_filter`,
    `number_filter`, `date_filter`), `label`, `default`, `allowed` (a list of values), `hidden` and `editable`
    (both false). Values are given to users and groups on their pages, or by `mainstem users set-attribute`;
    a user's own wins over their groups', in the order of these, and those over the default. Everybody has
    `login`, and `email` where the login is an address, unless they are given other values. Administrators
    see everything: to them no access filter or grant applies."""
    connections: dict[str, ConnectionSettings] = {}
    """Postgres databases beside the project's warehouse, only ever read, by the name that `connection:` of a
    LookML model calls them: `[semantics.connections.NAME]` with `url`, best as `env:NAME` or `file:PATH`,
    `statement_timeout_s` (60) and `at_once` (4). Where there are any, the project's own warehouse is
    `connection: "warehouse"`."""
