"""`*.dashboard.lookml`: YAML → dashboards, every part with its line.

The YAML is walked as nodes, not loaded as values: a filter written `yes` or `2024-01-01` must stay the
text it is, and only nodes know their lines. Unknown tags are passed over with a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from mainstem.semantics.dashboard import Dashboard
from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Origin
from mainstem.semantics.reading.dashboard_filter import read_filter
from mainstem.semantics.reading.element import read_element
from mainstem.semantics.reading.vocabulary import words
from mainstem.semantics.reading.yaml_mapping import Mapping

if TYPE_CHECKING:
    from mainstem.semantics.dashboard import DashboardFilter, Element
    from mainstem.semantics.problems import Problems

LAYOUTS = ("newspaper", "grid", "static", "tile")
_READ = frozenset({"dashboard", "title", "layout", "description", "elements", "filters"})
_WITHOUT_EFFECT = words(
    "preferred_viewer preferred_slug refresh auto_run show_applied_filters filters_bar_collapsed "
    "filters_location_top crossfilter_enabled tile_size width rows embed_style extends_description "
    "description_text enable_viz_full_screen load_configuration query_timezone show_filters_bar"
)
_UNSUPPORTED = frozenset({"extends", "extension"})


def read_dashboards(
    text: str, file: str, default_model: str | None, problems: Problems
) -> tuple[Dashboard, ...]:
    """`default_model` stands in where an element names none; None when there is no single candidate."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 1
        problems.error(Origin(file, line), f"not YAML: {e.problem}")
        return ()
    except yaml.YAMLError as e:
        problems.error(Origin(file, 1), f"not YAML: {e}")
        return ()
    if not isinstance(root, yaml.SequenceNode):
        problems.error(Origin(file, 1), "a dashboard file holds a list: `- dashboard: name`")
        return ()
    found = (_read_dashboard(node, file, default_model, problems) for node in root.value)
    return tuple(dashboard for dashboard in found if dashboard)


def _read_dashboard(node: Any, file: str, default_model: str | None, problems: Problems) -> Dashboard | None:
    given = Mapping.of(node, file, problems, "a dashboard")
    if given is None:
        return None
    name = given.text("dashboard")
    if name is None:
        problems.error(given.origin, "a dashboard begins with its name: `- dashboard: name`")
        return None
    for key in _UNSUPPORTED & given.keys:
        problems.error(given.origin_of(key), f"{key} of a dashboard is not supported yet")
    given.note_unknown(_READ, _WITHOUT_EFFECT)
    layout = given.text("layout") or "newspaper"
    if layout != "newspaper":
        what = "is shown as newspaper" if layout in LAYOUTS else "is no layout; newspaper is used"
        problems.warning(given.origin_of("layout"), f"layout {layout} {what}")
    filters = tuple(f for n in given.items("filters") if (f := read_filter(n, file, problems)) is not None)
    elements = tuple(
        e
        for n in given.items("elements")
        if (e := read_element(n, file, default_model, problems)) is not None
    )
    _check_unique(name, filters, problems)
    _check_unique(name, elements, problems)
    return Dashboard(
        name=name,
        title=given.text("title") or label_of(name),
        layout="newspaper",
        origin=given.origin,
        description=given.text("description"),
        filters=filters,
        elements=elements,
    )


def _check_unique(
    dashboard: str, parts: tuple[DashboardFilter, ...] | tuple[Element, ...], problems: Problems
) -> None:
    seen: dict[str, Origin] = {}
    for part in parts:
        first = seen.setdefault(part.name, part.origin)
        if first is not part.origin:
            message = f"dashboard {dashboard} has {part.name!r} twice; first in line {first.line}"
            problems.error(part.origin, message)
