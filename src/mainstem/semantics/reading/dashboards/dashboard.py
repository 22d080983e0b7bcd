"""One dashboard: its settings, its filters, its tiles and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.dashboard import Dashboard, Layout
from mainstem.semantics.labels import label_of
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.dashboards.documents import dashboard_nodes
from mainstem.semantics.reading.dashboards.element import Omitted, read_element
from mainstem.semantics.reading.dashboards.filter import read_filter
from mainstem.semantics.reading.dashboards.layout import placed
from mainstem.semantics.reading.dashboards.yaml_mapping import Mapping
from mainstem.semantics.reading.vocabulary import words

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingType

    from mainstem.semantics.dashboard import DashboardFilter, Element
    from mainstem.semantics.model import Origin
    from mainstem.semantics.problems import Problems

_READ = words(
    "dashboard title layout description elements filters rows tile_size width refresh crossfilter_enabled "
    "filters_bar_collapsed auto_run extends extension"
)
_WITHOUT_EFFECT = words(
    "preferred_viewer preferred_slug show_applied_filters filters_location_top embed_style "
    "description_text enable_viz_full_screen load_configuration query_timezone show_filters_bar "
    "hidden show_title show_timestamp_information text_tile_text_color tabs"
)


def read_dashboards(
    files: MappingType[str, str], models: MappingType[str, str | None], problems: Problems
) -> tuple[Dashboard, ...]:
    """`files`: text by name. `models`: by file, the model of elements that name none; None when there is no
    single candidate."""
    nodes = dashboard_nodes(files, problems)
    found = (_read(name, node, models, problems) for name, node in nodes.items())
    return tuple(found)


def _read(name: str, node: Any, models: MappingType[str, str | None], problems: Problems) -> Dashboard:
    given = Mapping(node, problems)
    given.note_unknown(_READ, _WITHOUT_EFFECT)
    filters = tuple(f for n in given.items("filters") if (f := read_filter(n, problems)) is not None)
    elements, omitted = _elements(given, models.get(given.origin.file), problems)
    layout = _layout(given)
    _check_unique(name, filters, problems)
    _check_unique(name, elements, problems)
    return Dashboard(
        name=name,
        title=given.text("title") or label_of(name),
        layout=layout,
        origin=given.origin,
        description=given.text("description"),
        refresh=given.text("refresh"),
        crossfilter_enabled=given.yesno("crossfilter_enabled", False),
        filters_bar_collapsed=given.yesno("filters_bar_collapsed", False),
        auto_run=given.yesno("auto_run", True),
        filters=filters,
        elements=placed(layout, elements, given),
        omitted=omitted,
    )


def _elements(
    given: Mapping, model: str | None, problems: Problems
) -> tuple[tuple[Element, ...], dict[str, str]]:
    kept: list[Element] = []
    omitted: dict[str, str] = {}
    for node in given.items("elements"):
        read = read_element(node, model, problems)
        if isinstance(read, Omitted):
            omitted[read.name] = read.reason
        elif read is not None:
            kept.append(read)
    return tuple(kept), omitted


def _layout(given: Mapping) -> Layout:
    written = given.text("layout") or Layout.NEWSPAPER
    if written in list(Layout):
        return Layout(written)
    hint = did_you_mean(written, list(Layout))
    valid = ", ".join(Layout)
    given.problems.warning(
        given.origin_of("layout"), f"layout {written} is none{hint}; newspaper is used; valid are {valid}"
    )
    return Layout.NEWSPAPER


def _check_unique(
    dashboard: str, parts: tuple[DashboardFilter, ...] | tuple[Element, ...], problems: Problems
) -> None:
    seen: dict[str, Origin] = {}
    for part in parts:
        first = seen.setdefault(part.name, part.origin)
        if first is not part.origin:
            message = f"dashboard {dashboard} has {part.name!r} twice; first in line {first.line}"
            problems.error(part.origin, message)
