"""What a person keeps of their questions: favourites, and what they asked before. The seam to who keeps it.

A page does without it where it cannot be read: nothing here decides what a question gives.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from anyio import to_thread

from mainstem.errors import TransientError
from mainstem.web.auth import current_viewer

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

_log = logging.getLogger(__name__)
Found = TypeVar("Found")
Otherwise = TypeVar("Otherwise")


@dataclass(frozen=True)
class Asked:
    """A question that was answered."""

    model: str
    explore: str
    address: str
    title: str
    rows: int

    @property
    def digest(self) -> str:
        """The same for the same question."""
        return hashlib.blake2b(self.address.encode(), digest_size=16).hexdigest()


class AskedBefore(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def explore(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def times(self) -> int: ...


class QuestionDesk(Protocol):
    """Every method waits for Postgres, and raises TransientError when it is away."""

    def favourite_fields(self, user_id: uuid.UUID, model: str, explore: str) -> Collection[str]: ...

    def favourite_explores(self, user_id: uuid.UUID) -> Sequence[tuple[str, str]]:
        """(model, explore), the last marked first."""

    def toggle(self, user_id: uuid.UUID, model: str, explore: str, field: str, at: datetime) -> bool:
        """Mark a `view.field`, or the explore itself where `field` is empty; no longer, where it was marked.
        Whether it is now."""

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
        """Asked again, a question is kept once."""

    def recent(
        self, user_id: uuid.UUID, limit: int, model: str | None = None, explore: str | None = None
    ) -> Sequence[AskedBefore]:
        """The last asked first."""

    def forget(self, user_id: uuid.UUID) -> None:
        """All that the user asked."""


async def read_kept(
    desk: QuestionDesk | None, read: Callable[[QuestionDesk, uuid.UUID], Found], otherwise: Otherwise
) -> Found | Otherwise:
    """What `read` gives for who asks; `otherwise` for who is no user, and where it cannot be read."""
    user_id = current_viewer().user_id
    if desk is None or user_id is None:
        return otherwise
    try:
        return await to_thread.run_sync(lambda: read(desk, user_id))
    except TransientError as e:
        _log.warning("favourites and earlier questions are not shown: %s", e)
        return otherwise


def note_asked(desk: QuestionDesk | None, asked: Asked, at: datetime) -> None:
    """Keep the question for who asked it. An answer never fails because that cannot be done."""
    viewer = current_viewer()
    user_id = viewer.user_id
    if desk is None or user_id is None or viewer.seen_by is not None:
        return
    try:
        desk.note(
            user_id, asked.digest, asked.model, asked.explore, asked.address, asked.title, asked.rows, at
        )
    except TransientError as e:
        _log.warning("a question is not kept among those asked before: %s", e)
