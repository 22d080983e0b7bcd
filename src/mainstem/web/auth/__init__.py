"""Login, sessions, API tokens, roles, and the guard on every page.

It keeps nothing itself: what must be kept goes through the seams of `stores`. No password, token or link is
logged, and only a one-time link ever stands in an address.
"""

from __future__ import annotations

from mainstem.web.auth.accounts import Accounts
from mainstem.web.auth.guard import declared, open_to_all, requires
from mainstem.web.auth.roles import Role
from mainstem.web.auth.viewer import ANONYMOUS, Viewer, current_viewer

__all__ = [
    "ANONYMOUS",
    "Accounts",
    "Role",
    "Viewer",
    "current_viewer",
    "declared",
    "open_to_all",
    "requires",
]
