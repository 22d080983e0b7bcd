"""What is written to the audit log, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mainstem.web.auth.viewer import Viewer

if TYPE_CHECKING:
    from mainstem.web.auth.accounts import Accounts
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import UserRecord


class Action(StrEnum):
    LOGIN = "login"
    LOGIN_FAILED = "login.failed"
    LOGIN_THROTTLED = "login.throttled"
    LOGOUT = "logout"
    LINK_MADE = "link.made"
    PASSWORD_SET = "password.set"  # noqa: S105 # the name of an action
    SESSION_ENDED = "session.ended"
    TOKEN_MADE = "token.made"  # noqa: S105 # the name of an action
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 # the name of an action
    USER_MADE = "user.made"
    USER_ROLE = "user.role"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_ATTRIBUTE = "user.attribute"
    GROUP_MADE = "group.made"
    GROUP_REMOVED = "group.removed"
    GROUP_MOVED = "group.moved"
    GROUP_MODELS = "group.models"
    GROUP_ATTRIBUTE = "group.attribute"
    GROUP_JOINED = "group.joined"
    GROUP_LEFT = "group.left"
    SEEN_AS = "see_as.begun"
    SEEN_AS_ENDED = "see_as.ended"
    PUBLICATION_ROLLED_BACK = "publication.rollback"
    PUBLICATION_RELEASED = "publication.release"
    DAG_PAUSED = "dag.paused"
    DAG_UNPAUSED = "dag.unpaused"
    RUN_TRIGGERED = "run.triggered"
    RUN_BACKFILLED = "run.backfilled"
    RUN_CLEARED = "run.cleared"
    RUN_MARKED = "run.marked"
    COHORT_MADE = "cohort.made"
    COHORT_REMOVED = "cohort.removed"
    PLAN_APPROVED = "plan.approved"


def note(
    accounts: Accounts,
    action: Action,
    origin: Origin | None,
    actor: Viewer | UserRecord | None,
    target: str | None = None,
    **details: str,
) -> None:
    """Write down that `actor` did `action`; None for nobody who is known. No detail is ever a secret. Of an
    administrator who looks as another user it is the administrator who does it."""
    seen_by = actor.seen_by if isinstance(actor, Viewer) else None
    if seen_by is not None:
        actor = accounts.users.by_login(seen_by)
    accounts.audit.add(
        accounts.now(),
        action.value,
        actor_id=actor.user_id if isinstance(actor, Viewer) else actor.id if actor else None,
        actor=None if actor is None else actor.login,
        address=None if origin is None else origin.address,
        target=target,
        details=details,
    )
