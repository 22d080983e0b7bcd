"""Settings of the semantic model."""

from __future__ import annotations

import msgspec

from mainstem.config import Secret


class RoleAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[semantics.user_attributes.roles]`: attributes of everybody of a role."""

    viewer: dict[str, str] = {}
    explorer: dict[str, str] = {}
    developer: dict[str, str] = {}
    admin: dict[str, str] = {}


class UserAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[semantics.user_attributes]`: name → value, the more particular before the more general."""

    everybody: dict[str, str] = {}
    roles: RoleAttributes = RoleAttributes()
    logins: dict[str, dict[str, str]] = {}

    def of(self, login: str | None, role: str) -> dict[str, str]:
        """Raises AttributeError for what is no role."""
        own = self.logins.get(login, {}) if login is not None else {}
        named = {"email": login} if login is not None and "@" in login else {}
        by_role: dict[str, str] = getattr(self.roles, role)
        return named | self.everybody | by_role | own


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
    user_attributes: UserAttributes = UserAttributes()
    """What LookML knows of who asks: access filters, access grants and Liquid read it. Tables of name and
    value: `[semantics.user_attributes.everybody]`, `[semantics.user_attributes.roles.viewer]` (or explorer,
    developer, admin), `[semantics.user_attributes.logins."ada@example.org"]`; a login's own win over those of
    its role, which win over everybody's. A value is a filter expression, `north,south`. Somebody whose login
    is an address has `email` unless it is given. Administrators see everything: to them no access filter or
    grant applies."""
    connections: dict[str, ConnectionSettings] = {}
    """Postgres databases beside the project's warehouse, only ever read, by the name that `connection:` of a
    LookML model calls them: `[semantics.connections.NAME]` with `url`, best as `env:NAME` or `file:PATH`,
    `statement_timeout_s` (60) and `at_once` (4). Where there are any, the project's own warehouse is
    `connection: "warehouse"`."""
