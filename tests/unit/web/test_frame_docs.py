"""The page that docs/web-frame.md adds, added exactly as it says."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import ChoiceLoader, DictLoader
from starlette.routing import Route

from mainstem.web import app, shell
from mainstem.web.auth import Role, requires
from mainstem.web.navigation import ENTRIES, Entry, navigation

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.web.site import Site

DOCS = (Path(__file__).parents[3] / "docs" / "web-frame.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
(TEMPLATE,) = re.findall(r"```jinja\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture
def page(company: Any, make_web: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> str:
    module, line = PYTHON
    names: dict[str, Any] = {"Route": Route, "requires": requires, "Role": Role, "Entry": Entry}
    exec(module, names)  # noqa: S102 — the example under test
    (entry,) = eval(line, names)  # noqa: S307 — the same

    def routes(site: Site) -> list[Route]:
        assert site.templates.loader is not None
        site.templates.loader = ChoiceLoader([DictLoader({"hello.html": TEMPLATE}), site.templates.loader])
        found: list[Route] = names["routes"](site)
        return found

    monkeypatch.setattr(app, "_PAGES", (*app._PAGES, SimpleNamespace(routes=routes)))
    monkeypatch.setattr(shell, "navigation", functools.partial(navigation, entries=(*ENTRIES, entry)))
    answer = make_web(company).client.get("/hello")
    assert answer.status_code == 200
    return str(answer.text)


def test_the_page_is_ten_lines() -> None:
    lines = [line for text in (PYTHON[0], TEMPLATE) for line in text.splitlines() if line.strip()]
    assert len(lines) <= 10


def test_the_page_stands_in_the_frame(page: str) -> None:
    assert "<title>Hello · Mainstem</title>" in page
    assert "<h1>Hello</h1>" in page
    assert re.search(r'<a class="nav-entry" href="/hello"[^>]* aria-current="page"', page)
    assert '<th scope="row">tracks</th>' in page


def test_what_the_document_names_is_there(web: Any) -> None:
    environment = template_sources(web)
    for file, macro in re.findall(r"`(\w+)\.(\w+)(?:\(|`)", DOCS):
        known = environment.get(file)
        if known is not None:
            assert f"macro {macro}(" in known, f"{file}.{macro}"


def template_sources(web: Any) -> dict[str, str]:
    folder = Path(app.__file__).parent / "templates" / "frame"
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
