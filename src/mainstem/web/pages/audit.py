"""`/audit`: who did what, when, from where. For administrators; nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.auth.audit import Action

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site

_ON_A_PAGE = 100
_CHOICES = [("", "Everything"), *((action.value, action.value) for action in Action)]


def routes(site: Site) -> list[Route]:
    accounts = site.services.accounts

    @requires(Role.ADMIN)
    async def page(request: Request) -> Response:
        asked = request.query_params
        action = asked.get("action") if asked.get("action") in set(Action) else None
        who, before = asked.get("who", "").strip(), _number(asked.get("before"))
        found = await accounts.run(
            lambda: accounts.audit.newest(_ON_A_PAGE + 1, before=before, action=action, who=who or None)
        )
        entries = found[:_ON_A_PAGE]
        older = {"action": action or "", "who": who, "before": entries[-1].id} if entries else {}
        return site.render(
            "audit.html",
            entries=entries,
            action_choices=_CHOICES,
            action=action,
            who=who,
            is_first=before is None,
            older=f"/audit?{urlencode(older)}" if len(found) > _ON_A_PAGE else None,
        )

    return [Route("/audit", page)]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
