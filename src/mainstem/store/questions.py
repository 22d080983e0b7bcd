"""What each user keeps of questions: favourite fields and explores, and the questions they asked.

Questions are kept as addresses, the newest of each user; what they gave is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from mainstem.store.table import Table

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from mainstem.store.database import Database

FAVOURITES = Table(
    "favourites",
    {
        "user_id": "uuid",
        "model": "text",
        "explore": "text",
        "field": "text",
        "marked_at": "timestamp with time zone",
    },
)
ASKED = Table(
    "asked_questions",
    {
        "user_id": "uuid",
        "digest": "text",
        "model": "text",
        "explore": "text",
        "address": "text",
        "title": "text",
        "rows": "bigint",
        "asked_at": "timestamp with time zone",
        "times": "integer",
    },
)
KEPT = 200
"""Questions of a user."""
LONGEST_ADDRESS = 32_000
"""Characters; a longer one would not be taken back by a browser's request, and is not kept."""

_NOTE: LiteralString = """
    INSERT INTO asked_questions (user_id, digest, model, explore, address, title, rows, asked_at, times)
    VALUES (%(user)s, %(digest)s, %(model)s, %(explore)s, %(address)s, %(title)s, %(rows)s, %(at)s, 1)
    ON CONFLICT (user_id, digest) DO UPDATE SET rows = excluded.rows, title = excluded.title,
    asked_at = excluded.asked_at, times = asked_questions.times + 1
"""
_TRIM: LiteralString = """
    DELETE FROM asked_questions WHERE user_id = %(user)s AND digest IN (
        SELECT digest FROM asked_questions WHERE user_id = %(user)s
        ORDER BY asked_at DESC, digest OFFSET %(kept)s)
"""


@dataclass(frozen=True)
class AskedQuestion:
    model: str
    explore: str
    address: str
    """Path and query of its page."""
    title: str
    rows: int
    """In the last answer."""
    asked_at: datetime
    """Last."""
    times: int


@dataclass(frozen=True)
class _Name:
    field: str


@dataclass(frozen=True)
class _Explore:
    model: str
    explore: str


class UserQuestions:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def favourite_fields(self, user_id: uuid.UUID, model: str, explore: str) -> frozenset[str]:
        """`view.field`s."""
        found = self._database.all(
            _Name,
            "SELECT field FROM favourites WHERE user_id = %(user)s AND model = %(model)s "
            "AND explore = %(explore)s AND field <> ''",
            {"user": user_id, "model": model, "explore": explore},
        )
        return frozenset(one.field for one in found)

    def favourite_explores(self, user_id: uuid.UUID) -> list[tuple[str, str]]:
        """(model, explore), the last marked first."""
        found = self._database.all(
            _Explore,
            "SELECT model, explore FROM favourites WHERE user_id = %(user)s AND field = '' "
            "ORDER BY marked_at DESC, model, explore",
            {"user": user_id},
        )
        return [(one.model, one.explore) for one in found]

    def toggle(self, user_id: uuid.UUID, model: str, explore: str, field: str, at: datetime) -> bool:
        """Mark, or where it is marked no longer; whether it is now. An empty `field` is the explore."""
        values = {"user": user_id, "model": model, "explore": explore, "field": field, "at": at}
        with self._database.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM favourites WHERE user_id = %(user)s AND model = %(model)s "
                "AND explore = %(explore)s AND field = %(field)s",
                values,
            )
            if gone.rowcount:
                return False
            connection.execute(
                "INSERT INTO favourites (user_id, model, explore, field, marked_at) "
                "VALUES (%(user)s, %(model)s, %(explore)s, %(field)s, %(at)s) ON CONFLICT DO NOTHING",
                values,
            )
        return True

    def note(
        self,
        user_id: uuid.UUID,
        digest: str,
        model: str,
        explore: str,
        address: str,
        title: str,
        rows: int,
        at: datetime,
    ) -> None:
        """A question of `digest`, once however often it is asked; the newest KEPT of a user stay."""
        if len(address) > LONGEST_ADDRESS:
            return
        values = {
            "user": user_id,
            "digest": digest,
            "model": model,
            "explore": explore,
            "address": address.replace("\0", ""),
            "title": title.replace("\0", "")[:500],
            "rows": rows,
            "at": at,
            "kept": KEPT,
        }
        with self._database.transaction() as connection:
            connection.execute(_NOTE, values)
            connection.execute(_TRIM, values)

    def recent(
        self, user_id: uuid.UUID, limit: int, model: str | None = None, explore: str | None = None
    ) -> Sequence[AskedQuestion]:
        """The last asked first; of one explore, where it is named. An empty `model` is that of visits to
        dashboards, which are among nobody's questions."""
        return self._database.all(
            AskedQuestion,
            "SELECT model, explore, address, title, rows, asked_at, times FROM asked_questions "
            "WHERE user_id = %(user)s AND (%(model)s::text IS NULL AND model <> '' OR model = %(model)s) "
            "AND (%(explore)s::text IS NULL OR explore = %(explore)s) "
            "ORDER BY asked_at DESC, digest LIMIT %(limit)s",
            {"user": user_id, "model": model, "explore": explore, "limit": limit},
        )

    def forget(self, user_id: uuid.UUID) -> None:
        """All that the user asked."""
        self._database.run("DELETE FROM asked_questions WHERE user_id = %(user)s", {"user": user_id})
