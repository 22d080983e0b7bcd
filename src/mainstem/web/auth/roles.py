"""What somebody may do: four roles, each of which may do all that the ones before it may."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    VIEWER = 1
    """Sees dashboards."""
    EXPLORER = 2
    """Asks questions of their own."""
    DEVELOPER = 3
    """Sees SQL, runs builds, changes what the project is made of."""
    ADMIN = 4
    """Manages users and sees the audit log."""

    @property
    def label(self) -> str:
        """As it is shown, stored and written in forms."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Role:
        """Raises ValueError for text that is no role's label."""
        for role in cls:
            if role.label == label:
                return role
        raise ValueError(f"{label!r} is no role (valid: {', '.join(role.label for role in cls)})")
