"""The form by which an administrator gives a user attribute, as pages of users and groups have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from starlette.exceptions import HTTPException

from mainstem.web.auth import Role, requires
from mainstem.web.auth.attributes import NotValid
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.auth import Accounts
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.viewer import Viewer


class Show(Protocol):
    async def __call__(
        self, request: Request, status: int = 200, problem: str = "", wrong: str = ""
    ) -> Response: ...


def attribute_form(
    accounts: Accounts,
    give: Callable[[Request, str, str, Viewer, Origin], None],
    show: Show,
    back: Callable[[Request, str], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """A handler that gives what is posted as `name` and `value`, or shows the page again with what is wrong.
    `give` waits for Postgres, and raises NotValid."""

    @requires(Role.ADMIN, session=True)
    async def set_attribute(request: Request) -> Response:
        fields, viewer, origin = await posted(request), request.state.viewer, origin_of(request)
        name, value = fields.get("name", ""), fields.get("value", "")
        if name not in accounts.attributes:
            raise HTTPException(404, "There is no such user attribute.")
        try:
            await accounts.run(lambda: give(request, name, value, viewer, origin))
        except NotValid as e:
            return await show(request, 400, str(e), name)
        return back(request, f"{name} is set." if value.strip() else f"{name} is taken away.")

    return set_attribute
