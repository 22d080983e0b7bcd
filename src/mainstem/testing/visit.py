"""A page in a browser, and whoever looks at it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, Page

    from mainstem.testing.memory_accounts import MemoryAccounts
    from mainstem.web.auth import Role


_REPLACED = frozenset({"htmx:afterRequest", "htmx:sendAbort"})
"""What htmx reports when a newer request takes the place of one; one that failed reports one word more."""


class Watched:
    """A page of `site`, and everything the browser complained about while it was open."""

    expected = "status of 404"
    """Chromium reports an answer that is no success as an error of its own; this one is meant."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.complaints: list[str] = []
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and self.expected not in text and text not in _REPLACED:
            self.complaints.append(text)


@contextmanager
def page_of(
    browser: Browser, site: str, kept: MemoryAccounts, login: str, role: Role, options: Mapping[str, Any]
) -> Iterator[Page]:
    """A new page of somebody who is logged in; `options` are those of a browser context."""
    context = browser.new_context(**options)
    name = f"mainstem_session_{urlsplit(site).port}"
    context.add_cookies([{"name": name, "value": kept.session(login, role), "url": site}])
    try:
        yield context.new_page()
    finally:
        context.close()
