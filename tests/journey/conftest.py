"""A real browser for journeys."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from mainstem.web import Assets, WebServer, WebSettings, load_assets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser
    from starlette.types import ASGIApp

    ServeApp = Callable[[ASGIApp], AbstractContextManager[str]]

_FLAGS = (
    "--no-sandbox",  # Chromium has no sandbox to offer root, which a container's user often is
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


PATIENCE_MILLISECONDS = 20_000
"""How long anything on a page is waited for: a wait ends as soon as it may, so only what fails takes long."""

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The installed Chromium; `MAINSTEM_CHROMIUM` names another."""
    path = os.environ.get("MAINSTEM_CHROMIUM") or shutil.which("chromium")
    if path is None:
        message = "no Chromium: install the package `chromium`, or set MAINSTEM_CHROMIUM to one"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One headless Chromium for a module of tests; a test opens its own context in it.

    Not for the session: while it is open, its driver's event loop holds the main thread, and tests of
    other modules run loops of their own.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=list(_FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    """Made once for a run: the engine of charts takes two seconds to bundle."""
    return load_assets(tmp_path_factory.mktemp("assets"))


@pytest.fixture(scope="session")
def serve_app() -> ServeApp:
    """Serves an application on a free port in a thread, for the length of a block; gives its address."""
    return _served


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    ready = threading.Event()
    addresses: list[str] = []

    def on_ready(address: str) -> None:
        addresses.append(address)
        ready.set()

    server = WebServer(app, WebSettings(port=0), on_ready)
    thread = threading.Thread(target=server.serve_until_stopped)
    thread.start()
    try:
        assert ready.wait(30)
        yield addresses[0]
    finally:
        server.stop()
        thread.join(30)
