"""Repositories of the people and programs that may come in, and of what they did.

They keep and find; who may do what is decided by those who call. No password, token or link is ever kept,
only its hash.
"""

from __future__ import annotations

from mainstem.store.accounts.attempts import Attempts
from mainstem.store.accounts.audit import AuditEntry, AuditLog
from mainstem.store.accounts.groups import Group, Groups
from mainstem.store.accounts.links import Link, Links
from mainstem.store.accounts.sessions import Session, Sessions
from mainstem.store.accounts.standings import Membership, Standing, Standings
from mainstem.store.accounts.tokens import Token, Tokens
from mainstem.store.accounts.users import User, Users

__all__ = [
    "Attempts",
    "AuditEntry",
    "AuditLog",
    "Group",
    "Groups",
    "Link",
    "Links",
    "Membership",
    "Session",
    "Sessions",
    "Standing",
    "Standings",
    "Token",
    "Tokens",
    "User",
    "Users",
]
