"""One entry of a dashboard's `elements:`: a tile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.dashboard import Element, ElementType
from mainstem.semantics.labels import label_of
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.vocabulary import words
from mainstem.semantics.reading.yaml_mapping import Mapping

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems

_READ = words(
    "name title title_text type model explore fields filters pivots sorts limit listen row col width "
    "height note_text note_state note_display note subtitle_text"
)
_CHANGES_NUMBERS = words("dynamic_fields total row_total filter_expression merged_queries")
_WITHOUT_EFFECT = words("fill_fields hidden_fields column_limit query_timezone tab_name refresh")
_LATER_TYPES = words(
    "looker_pie looker_scatter looker_map looker_geo_coordinates looker_geo_choropleth looker_google_map "
    "looker_funnel looker_boxplot looker_waterfall looker_timeline looker_donut_multiples looker_wordcloud "
    "looker_single_record text button map field_filter"
)
_SAME_AS = {"looker_grid": ElementType.TABLE}
_OF_THE_QUERY = _READ | _CHANGES_NUMBERS | _WITHOUT_EFFECT


def read_element(node: Any, file: str, default_model: str | None, problems: Problems) -> Element | None:
    """None when the tile cannot be kept. Keys that say how it looks are kept as they are in `vis`."""
    given = Mapping.of(node, file, problems, "an element")
    if given is None:
        return None
    name = given.text("name") or given.text("title")
    if name is None:
        problems.error(given.origin, "an element needs a name")
        return None
    kind = _type(given, name)
    model = given.text("model") or default_model
    explore, fields = given.text("explore"), given.texts("fields")
    if kind is None or not _is_complete(given, name, model, explore, fields):
        return None
    _note_keys(given, name)
    return Element(
        name=name,
        title=given.text("title") or given.text("title_text") or label_of(name),
        type=kind,
        model=model or "",
        explore=explore or "",
        fields=fields,
        origin=given.origin,
        filters=given.text_by_key("filters"),
        pivots=given.texts("pivots"),
        sorts=given.texts("sorts"),
        limit=given.number("limit"),
        listen=given.text_by_key("listen"),
        row=given.number("row"),
        col=given.number("col"),
        width=given.number("width"),
        height=given.number("height"),
        note_text=given.text("note_text") or given.text("note"),
        note_state=given.text("note_state"),
        note_display=given.text("note_display"),
        subtitle_text=given.text("subtitle_text"),
        vis={key: given.data(key) for key in sorted(given.keys - _OF_THE_QUERY)},
        lines={key: given.origin_of(key).line for key in sorted(given.keys)},
    )


def _is_complete(
    given: Mapping, name: str, model: str | None, explore: str | None, fields: tuple[str, ...]
) -> bool:
    missing = [
        key for key, value in (("model", model), ("explore", explore), ("fields", fields)) if not value
    ]
    for key in missing:
        given.problems.error(given.origin, f"element {name} names no {key}")
    for key in _CHANGES_NUMBERS & given.keys:
        if given.text(key) not in (None, "false", "no") if key in ("total", "row_total") else True:
            message = f"element {name} is left out: {key} is not supported yet"
            given.problems.warning(given.origin_of(key), message)
            return False
    return not missing


def _note_keys(given: Mapping, name: str) -> None:
    for key in sorted(given.keys & _WITHOUT_EFFECT):
        given.problems.warning(given.origin_of(key), f"{key} of element {name} has no effect yet")
    for key in sorted(given.keys - _OF_THE_QUERY):
        hint = did_you_mean(key, _READ, cutoff=0.8)
        if hint:
            message = f"{key} of element {name} is kept as a setting of its look{hint}"
            given.problems.warning(given.origin_of(key), message)


def _type(given: Mapping, name: str) -> ElementType | None:
    written = given.text("type") or "table"
    if written in _SAME_AS:
        return _SAME_AS[written]
    if written in list(ElementType):
        return ElementType(written)
    where = given.origin_of("type")
    if written in _LATER_TYPES:
        message = f"element {name} is left out: type {written} is not supported yet"
        given.problems.warning(where, message)
        return None
    hint = did_you_mean(written, [*ElementType, *_LATER_TYPES])
    valid = ", ".join(ElementType)
    given.problems.error(where, f"unknown element type {written!r}{hint}; valid are {valid}")
    return None
