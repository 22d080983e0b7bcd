"""What LookML knows of who asks for a page, by the settings of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.context import Asking
from mainstem.web.auth import Role, current_viewer

if TYPE_CHECKING:
    from mainstem.semantics.settings import UserAttributes


def web_asking(attributes: UserAttributes) -> Asking:
    """Of the page that is being answered; called in its context. Nobody has no attribute, and sees nothing
    that is guarded."""
    viewer = current_viewer()
    if viewer.role is None:
        return Asking()
    values = attributes.of(viewer.login, viewer.role.label)
    return Asking(values, sees_everything=viewer.role >= Role.ADMIN)
