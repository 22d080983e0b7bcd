from __future__ import annotations

import re
from pathlib import Path

from mainstem.collect import Answers, SourceTable
from mainstem.collect.replies import OK
from mainstem.collect.routes import EventRoutes, RouteOptions
from mainstem.events import Source
from mainstem.web.pages import dag, dag_actions, dag_run, task_log

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


def test_every_page_about_runs_is_documented() -> None:
    declared = {"/dags", "/assets"}
    for module in (dag, dag_actions, dag_run, task_log):
        declared |= {value for name, value in vars(module).items() if name in ("PATH", "RUN", "TASK")}
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for base, rest in re.findall(r'Route\(f"\{(PATH|RUN|TASK)\}([^"]+)"', source):
            declared.add(vars(module)[base] + rest)
    page = (PAGE.parent / "orchestration-pages.md").read_text(encoding="utf-8")
    assert len(declared) >= 16
    assert [path for path in sorted(declared) if f"`{path}`" not in page] == []
