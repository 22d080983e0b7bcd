"""`/truth…`: what stands behind a tile, a question, a field, a model of dbt's.

Each is a page, and with `piece` the same without the frame around it, for the drawer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mainstem.artifacts.truth import truth_of, truth_of_node
from mainstem.errors import InputError, TransientError
from mainstem.query.request import Request as Query
from mainstem.web.auth import Role, current_viewer, requires
from mainstem.web.boards.asking import look_at
from mainstem.web.catalogue import event_path
from mainstem.web.explore import address_of, read_question
from mainstem.web.explore_fields import explore_path, field_path
from mainstem.web.lookml import model_path
from mainstem.web.orchestration.paths import run_path
from mainstem.web.pages.lookup import named_tile
from mainstem.web.services import ViewerLeft
from mainstem.web.truth import (
    dbt_path,
    field_panel,
    field_truth_path,
    impact_of,
    request_panel,
    tile_truth_path,
)
from mainstem.web.truth.paths import ASKED_MARK, FIELD, MARKS, MODEL, QUESTION, TRUTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from mainstem.artifacts.truth import Known, Truth
    from mainstem.query.explorer import Explorer
    from mainstem.semantics.dashboard import Dashboard, Element
    from mainstem.web.boards.asking import Look
    from mainstem.web.explore import Question
    from mainstem.web.site import Site
    from mainstem.web.truth import Panel, TruthDesk

DAG = "transform"
"""Whose runs publish, where a DAG does."""


def routes(site: Site) -> list[Route]:
    def desk() -> TruthDesk:
        if site.services.truth is None:
            raise HTTPException(404, "This server does not know what stands behind its tables.")
        return site.services.truth

    async def shown(request: Request, template: str, make: Callable[[], dict[str, Any]]) -> Response:
        piece = "piece" in request.query_params
        try:
            values = await site.turns.run(make, request.is_disconnected)
        except ViewerLeft:
            return Response(status_code=499)
        except InputError as e:
            raise HTTPException(400, str(e)) from e
        except TransientError as e:
            raise HTTPException(503, str(e)) from e
        url = request.url.path + "?" + request.url.query.replace("&piece=yes", "")
        return site.render(
            f"{template}_piece.html" if piece else f"{template}.html", url=url, **_links(site), **values
        )

    @requires(Role.VIEWER)
    async def tile(request: Request) -> Response:
        asked = asked_tile(site, request)

        def make() -> dict[str, Any]:
            panel = request_panel(asked.explorer, desk(), asked.question.request, _now())
            return {
                **_panel(panel, asked.element.title),
                "tile": asked.element,
                "dashboard": asked.dashboard,
                "ask_href": address_of(asked.question),
            }

        return await shown(request, "truth", make)

    @requires(Role.VIEWER)
    async def marks(request: Request) -> Response:
        """The quiet marks of a dashboard's tiles. What cannot be told now is a mark as well; a tile that is
        no more has none."""
        if site.services.truth is None:
            return Response("", media_type="text/html")
        explorer = site.explorer_for(request.state.viewer)
        dashboard = _dashboard(explorer, request)
        wanted = set(request.query_params.getlist("tile"))
        asking = [one for one in dashboard.elements if one.name in wanted and one.asks]

        def make() -> list[_Mark]:
            look = look_at(explorer, dashboard, _seen(request))
            return [_mark(explorer, desk(), look, element) for element in asking]

        try:
            found = await site.turns.run(make, request.is_disconnected)
        except ViewerLeft:
            return Response(status_code=499)
        return site.render("truth_marks.html", marks=found)

    @requires(Role.EXPLORER)
    async def question(request: Request) -> Response:
        asked = asked_question(site, request)
        explorer = site.explorer_for(request.state.viewer)

        def make() -> dict[str, Any]:
            panel = request_panel(explorer, desk(), asked.request, _now())
            return {
                **_panel(panel, panel.facts.explore_label),
                "tile": None,
                "dashboard": None,
                "ask_href": address_of(asked),
            }

        return await shown(request, "truth", make)

    @requires(Role.EXPLORER)
    async def field(request: Request) -> Response:
        given = request.query_params
        names = [given.get(name, "") for name in ("model", "explore", "field")]
        explorer = site.explorer_for(request.state.viewer)

        def make() -> dict[str, Any]:
            panel = field_panel(explorer, desk(), names[0], names[1], names[2], _now())
            label = panel.facts.fields[0].label if panel.facts.fields else names[2]
            return {**_panel(panel, label), "tile": None, "dashboard": None, "ask_href": ""}

        return await shown(request, "truth", make)

    @requires(Role.EXPLORER)
    async def asked_mark(request: Request) -> Response:
        """Of a question, or of a field asked for alone."""
        if site.services.truth is None:
            return Response("", media_type="text/html")
        explorer = site.explorer_for(request.state.viewer)
        if "ask" in request.query_params:
            query, path = asked_question(site, request).request, QUESTION
        else:
            names = [request.query_params.get(one, "") for one in ("model", "explore", "field")]
            query, path = Query(model=names[0], explore=names[1], fields=(names[2],)), FIELD
        try:
            found = await site.turns.run(
                lambda: request_panel(explorer, desk(), query, _now()).truth, request.is_disconnected
            )
        except ViewerLeft:
            return Response(status_code=499)
        except InputError as e:
            found = truth_of(None, (), {}, _now(), elsewhere=str(e))
        except TransientError:
            found = truth_of(None, (), {}, _now(), elsewhere="it cannot be looked up now")
        href = f"{path}?{request.url.query}"
        return site.render("truth_mark.html", truth=found, href=href, about=", ".join(query.fields))

    @requires(Role.EXPLORER)
    async def model(request: Request) -> Response:
        name = request.query_params.get("name", "")
        explorer = site.explorer_for(request.state.viewer)

        def make() -> dict[str, Any]:
            return _model(explorer, desk(), name)

        return await shown(request, "truth_model", make)

    return [
        Route(TRUTH, tile),
        Route(MARKS, marks),
        Route(QUESTION, question),
        Route(FIELD, field),
        Route(MODEL, model),
        Route(ASKED_MARK, asked_mark),
    ]


@dataclass(frozen=True)
class AskedTile:
    """A tile as it is seen: on its dashboard with its filters, by who asks."""

    dashboard: Dashboard
    element: Element
    question: Question
    explorer: Explorer
    seen: list[tuple[str, str]]
    """Parameters of the dashboard's address."""


def asked_tile(site: Site, request: Request) -> AskedTile:
    """The tile that `dashboard` and `tile` name, filtered as `on` says. Raises HTTPException 404 or 400."""
    given = request.query_params
    explorer = site.explorer_for(request.state.viewer)
    dashboard = _dashboard(explorer, request)
    element = named_tile(dashboard, given.get("tile", "")).element
    if not element.asks:
        raise HTTPException(404, f"“{element.title or element.name}” asks nothing.")
    seen = _seen(request)
    try:
        question = look_at(explorer, dashboard, seen).question(explorer, element)
    except InputError as e:
        raise HTTPException(400, str(e)) from e
    return AskedTile(dashboard, element, question, explorer, seen)


def _dashboard(explorer: Explorer, request: Request) -> Dashboard:
    name = request.query_params.get("dashboard", "")
    dashboard = explorer.project.dashboards.get(name)
    if dashboard is None:
        raise HTTPException(404, f"There is no dashboard named “{name}”.")
    return dashboard


def _seen(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.query_params.get("on", ""), keep_blank_values=True)


@dataclass(frozen=True)
class _Mark:
    tile: str
    about: str
    truth: Truth
    href: str


def _mark(explorer: Explorer, desk: TruthDesk, look: Look, element: Element) -> _Mark:
    try:
        truth = request_panel(explorer, desk, look.question(explorer, element).request, _now()).truth
    except InputError as e:
        truth = truth_of(None, (), {}, _now(), elsewhere=str(e))
    except TransientError:
        truth = truth_of(None, (), {}, _now(), elsewhere="it cannot be looked up now")
    heard = parse_qsl(urlsplit(look.tile_address(element)).query, keep_blank_values=True)
    href = tile_truth_path(look.dashboard.name, element.name, heard)
    return _Mark(element.name, element.title, truth, href)


def asked_question(site: Site, request: Request) -> Question:
    """The question whose address `ask` is. Raises HTTPException 400 or 404."""
    address = urlsplit(request.query_params.get("ask", ""))
    parts = [unquote(part) for part in address.path.split("/")]
    if len(parts) != 4 or parts[1] != "explore":
        raise HTTPException(400, "What is asked is missing: `ask` is the address of an explore's question.")
    offered = site.explorer_for(request.state.viewer).explores()
    if (parts[2], parts[3]) not in {(model.name, explore.name) for model, explore in offered}:
        raise HTTPException(404, f"There is no explore named “{parts[2]}.{parts[3]}”.")
    return read_question(parts[2], parts[3], parse_qsl(address.query, keep_blank_values=True))[0]


def _panel(panel: Panel, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "truth": panel.truth,
        "facts": panel.facts,
        "kept": panel.known,
        "sql": panel.sql if current_viewer().may(Role.DEVELOPER) else "",
        "run_href": _run_href(panel.known),
    }


def _model(explorer: Explorer, desk: TruthDesk, name: str) -> dict[str, Any]:
    known = desk.known()
    if known is None:
        raise HTTPException(404, "Nothing is kept of dbt's models: build the project once.")
    found = [node for node in known.lineage.nodes.values() if name in (node.name, node.uid, node.relation)]
    if not found:
        raise HTTPException(404, f"dbt has no model or source named “{name}”.")
    node = found[0]
    upstream = known.lineage.upstream([node.uid])
    sources = [known.lineage.nodes[uid] for uid in upstream if known.lineage.nodes[uid].kind == "source"]
    truth = truth_of_node(known, node.uid, desk.newest_rows(sources), _now())
    outcome = known.outcomes.nodes.get(node.uid)
    return {
        "title": node.name,
        "node": node,
        "truth": truth,
        "own": next(one for one in truth.nodes if one.node.uid == node.uid),
        "impact": impact_of(explorer, desk, known, node),
        "kept": known,
        "compiled": outcome.sql if outcome is not None and current_viewer().may(Role.DEVELOPER) else "",
        "run_href": _run_href(known),
    }


def _run_href(known: Known | None) -> str:
    return run_path(DAG, known.run) if known is not None and known.run else ""


def _links(site: Site) -> dict[str, Any]:
    desk = site.services.catalogue
    catalogue = desk.remembered() if desk is not None else None
    events = {event.key.lower(): event_path(event) for event in catalogue.events} if catalogue else {}
    return {
        "dbt_path": dbt_path,
        "model_path": model_path,
        "explore_path": explore_path,
        "field_path": field_path,
        "field_truth_path": field_truth_path,
        "event_href": lambda relation: events.get(relation, ""),
    }


def _now() -> datetime:
    return datetime.now(UTC)
