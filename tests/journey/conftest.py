"""A real browser for journeys."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_FLAGS = (
    "--no-sandbox",  # Chromium has no sandbox to offer root, which a container's user often is
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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
def npm() -> Path:
    """The folder `node_modules` with the packages of `tests/npm`; `make test` installs it."""
    default = Path(__file__).parents[2] / ".venv" / "npm" / "node_modules"
    folder = Path(os.environ.get("MAINSTEM_NPM", default))
    if not folder.is_dir():
        message = f"no npm packages in {folder}: `make test` installs them; MAINSTEM_NPM names another place"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
