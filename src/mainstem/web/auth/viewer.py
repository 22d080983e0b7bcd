"""Who is asking, for the time of one request."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.query.context import NOTHING_GUARDED, Asking
from mainstem.web.auth.csrf import token_for

if TYPE_CHECKING:
    import uuid

    from mainstem.web.auth.roles import Role


@dataclass(frozen=True)
class Viewer:
    """The person or program, or the absence of one, that a page is made for."""

    login: str | None = None
    role: Role | None = None
    user_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    """None for a program with an API token."""
    csrf_seed: str = ""
    """What the tokens in this viewer's forms are made from."""
    seen_by: str | None = None
    """Login of the administrator who looks at this viewer's pages, and can change nothing on them."""
    asking: Asking = NOTHING_GUARDED
    """What decides which rows, fields and models they are shown; of nobody, none that is guarded."""

    @property
    def csrf_token(self) -> str:
        return token_for(self.csrf_seed)

    def may(self, role: Role) -> bool:
        return self.role is not None and self.role >= role


ANONYMOUS = Viewer()

_current: ContextVar[Viewer] = ContextVar("mainstem_viewer", default=ANONYMOUS)


def current_viewer() -> Viewer:
    """The viewer of the request being answered; templates call it as `viewer()`."""
    return _current.get()


def set_current_viewer(viewer: Viewer) -> None:
    _current.set(viewer)
