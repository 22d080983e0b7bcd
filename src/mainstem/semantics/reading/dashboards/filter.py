"""One entry of a dashboard's `filters:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.dashboard import DashboardFilter, FilterType
from mainstem.semantics.labels import label_of
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.dashboards.yaml_mapping import Mapping
from mainstem.semantics.reading.vocabulary import words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems

_READ = words(
    "name title type default_value model explore field dimension allow_multiple_values required ui_config "
    "listens_to_filters"
)
_WITHOUT_EFFECT = words("note row col tab_name base_view")


def read_filter(node: Any, problems: Problems) -> DashboardFilter | None:
    given = Mapping.of(node, problems, "a dashboard filter")
    if given is None:
        return None
    given.note_unknown(_READ, _WITHOUT_EFFECT)
    name, kind = given.text("name"), _type(given)
    if name is None:
        problems.error(given.origin, "a dashboard filter needs a name")
        return None
    field = given.text("field") or given.text("dimension")
    if kind is FilterType.FIELD:
        missing = [
            key for key in ("explore", "field") if not given.text(key) and not (key == "field" and field)
        ]
        for key in missing:
            problems.error(given.origin, f"filter {name} is a field_filter, which needs {key}")
        kind = None if missing else kind
    if kind is None:
        return None
    config = given.mapping("ui_config")
    return DashboardFilter(
        name=name,
        title=given.text("title") or label_of(name),
        type=kind,
        origin=given.origin,
        default_value=given.text("default_value") or "",
        model=given.text("model"),
        explore=given.text("explore"),
        field=field,
        allow_multiple_values=given.yesno("allow_multiple_values", True),
        required=given.yesno("required", False),
        listens_to_filters=given.texts("listens_to_filters"),
        ui_config={key: config.data(key) for key in sorted(config.keys)} if config else {},
    )


def _type(given: Mapping) -> FilterType | None:
    written = given.text("type") or ""
    if not written:
        written = FilterType.FIELD if given.text("field") or given.text("dimension") else FilterType.STRING
        message = f"filter {given.text('name')} names no type; {written} is taken"
        given.problems.warning(given.origin, message)
    if written in list(FilterType):
        return FilterType(written)
    hint = did_you_mean(written, list(FilterType))
    where = given.origin_of("type")
    valid = ", ".join(FilterType)
    given.problems.error(where, f"unknown filter type {written!r}{hint}; valid are {valid}")
    return None
