from __future__ import annotations

from pathlib import Path

from mainstem.collect import Answers, SourceTable
from mainstem.collect.replies import OK
from mainstem.collect.routes import EventRoutes, RouteOptions
from mainstem.events import Source

PAGE = Path(__file__).parents[2] / "docs" / "sdks.md"


def test_every_route_of_the_gateway_is_documented() -> None:
    sources = SourceTable([Source("web", "Website", ("{key}",))])
    events = EventRoutes(lambda _, __: OK, lambda _, __: OK, str, 1, 1, RouteOptions()).of(sources)
    others = Answers(None, "", lambda: OK).routes(sources)
    page = (
        PAGE.read_text(encoding="utf-8").replace("?writeKey=`", "`").replace("POST ", "").replace("GET ", "")
    )
    paths = {path.replace("%7Bkey%7D", "{key}") for _, path, _ in (*events, *others)}
    assert [path for path in sorted(paths) if f"`{path}`" not in page] == []
