"""Passwords: hashed with argon2id, compared in the same time whether or not there is such a user."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 1024
"""Characters. Longer ones would only cost time to hash."""


class Passwords:
    """argon2id with the parameters of RFC 9106's second choice: 64 MiB and some 50 ms a guess."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """None is nobody's hash: never a match, and no sooner told."""
        try:
            self._hasher.verify(password_hash or self._nobodys, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def problem_with(password: str, again: str, login: str) -> str | None:
    """Why this cannot be the password of `login`, or None."""
    if password != again:
        return "The two passwords differ."
    if len(password) < SHORTEST:
        return f"A password has at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if password.casefold() == login.casefold() or len(set(password)) < 4:
        return "This password is too easy to guess."
    return None
