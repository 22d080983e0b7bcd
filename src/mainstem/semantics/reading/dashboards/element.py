"""One entry of a dashboard's `elements:`: a tile."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.semantics.dashboard import KNOWN_VISUALIZATIONS, WITHOUT_QUERY, Element, ElementType, TextBody
from mainstem.semantics.labels import label_of
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.dashboards.dynamic_fields import read_dynamic_fields
from mainstem.semantics.reading.dashboards.formatting import read_format_rules
from mainstem.semantics.reading.dashboards.merged import read_merged
from mainstem.semantics.reading.dashboards.yaml_mapping import Mapping
from mainstem.semantics.reading.vocabulary import words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems

_READ = words(
    "name title title_text type model explore fields dimensions measures filters filter_expression pivots "
    "sorts limit column_limit total row_total subtotals fill_fields hidden_fields dynamic_fields listen row "
    "col width height note_text note_state note_display note subtitle_text body_text query_timezone refresh "
    "conditional_formatting rich_content_json"
)
_WITHOUT_EFFECT = words("tab_name base_view merged_queries join_fields")
_OF_THE_QUERY = _READ | _WITHOUT_EFFECT
_LIKE_OTHERS = words(
    "enable_conditional_formatting hide_totals hide_row_totals show_totals_labels subtotals_at"
)
"""Settings of a look that only resemble what is read."""
_OTHER_NAMES = {"map": ElementType.MAP, "looker_donut": ElementType.DONUT}
_LOOKERS_OWN = "looker_"


@dataclass(frozen=True)
class Omitted:
    """A tile that cannot be kept."""

    name: str
    reason: str


def read_element(node: Any, default_model: str | None, problems: Problems) -> Element | Omitted | None:
    """Keys that say how it looks are kept as they are in `vis`. None for what is no mapping."""
    given = Mapping.of(node, problems, "an element")
    if given is None:
        return None
    name = given.text("name") or given.text("title") or f"line {given.origin.line}"
    kind = _type(given, name)
    model = given.text("model") or default_model
    is_merged = "merged_queries" in given.keys
    missing = [] if kind in WITHOUT_QUERY or is_merged else _missing(given, model)
    for key in missing:
        problems.error(given.origin, f"element {name} names no {key}")
    if missing:
        return Omitted(name, f"see {given.origin}")
    _note_keys(given, name)
    if is_merged:
        return _merged(given, name, kind, default_model)
    return _element(given, name, kind, model or "")


def _merged(given: Mapping, name: str, kind: ElementType, default_model: str | None) -> Element | Omitted:
    problems, queries = given.problems, []
    for number, one in enumerate(given.mappings("merged_queries"), start=1):
        own, model = f"{name}, query {number}", one.text("model") or default_model
        missing = _missing(one, model)
        for key in missing:
            problems.error(one.origin, f"element {own} names no {key}")
        if missing:
            return Omitted(name, f"see {one.origin}")
        queries.append((one, _element(one, own, ElementType.TABLE, model or "")))
    if not queries:
        where = given.origin_of("merged_queries")
        problems.error(where, f"element {name} has merged_queries, and none among them")
        return Omitted(name, f"see {where}")
    return read_merged(given, _element(given, name, kind, ""), queries)


def _element(given: Mapping, name: str, kind: ElementType, model: str) -> Element:
    is_text = kind in WITHOUT_QUERY
    asks = not is_text
    return Element(
        name=name,
        title=given.text("title") or given.text("title_text") or ("" if is_text else label_of(name)),
        type=kind,
        origin=given.origin,
        model=model if asks else "",
        explore=given.text("explore") or "" if asks else "",
        fields=_fields(given) if asks else (),
        visualization=given.text("type") or "table",
        text=_text(given, kind) if is_text else None,
        filters=_by_name(given, "filters"),
        filter_expression=given.text("filter_expression"),
        pivots=given.texts("pivots"),
        sorts=given.texts("sorts"),
        limit=_limit(given, "limit"),
        column_limit=_limit(given, "column_limit"),
        totals=_is_on(given, "total"),
        row_totals=_is_on(given, "row_total"),
        subtotals=given.texts("subtotals"),
        fill_fields=given.texts("fill_fields"),
        hidden_fields=given.texts("hidden_fields"),
        dynamic_fields=read_dynamic_fields(given, name),
        timezone=given.text("query_timezone"),
        listen=_by_name(given, "listen"),
        refresh=given.text("refresh"),
        row=given.number("row"),
        col=given.number("col"),
        width=given.number("width"),
        height=given.number("height"),
        note_text=given.text("note_text") or _note(given),
        note_state=given.text("note_state"),
        note_display=given.text("note_display"),
        subtitle_text=given.text("subtitle_text"),
        conditional_formatting=read_format_rules(given, name),
        vis={key: given.data(key) for key in sorted(given.keys - _OF_THE_QUERY)},
        lines={key: given.origin_of(key).line for key in sorted(given.keys)},
    )


def _missing(given: Mapping, model: str | None) -> list[str]:
    found = (("model", model), ("explore", given.text("explore")), ("fields", _fields(given)))
    return [key for key, value in found if not value]


def _fields(given: Mapping) -> tuple[str, ...]:
    """`fields`, or as it was written before: dimensions and measures apart."""
    both = (*given.texts("dimensions"), *given.texts("measures"))
    return given.texts("fields") or tuple(dict.fromkeys(both))


def _by_name(given: Mapping, key: str) -> dict[str, str]:
    """A mapping of texts, or a list of such mappings."""
    if not given.is_list(key):
        return given.text_by_key(key)
    found: dict[str, str] = {}
    for one in given.mappings(key):
        found |= {name: one.text(name) or "" for name in one.ordered_keys}
    return found


def _limit(given: Mapping, key: str) -> int | None:
    text = (given.text(key) or "").strip()
    return -1 if text == "-1" else given.number(key)


def _is_on(given: Mapping, key: str) -> bool:
    """`row_total` may also say on which side it stands."""
    return (given.text(key) or "").lower() in ("true", "yes", "right", "left")


def _note(given: Mapping) -> str | None:
    if not given.is_mapping("note"):
        return given.text("note")
    note = given.mapping("note")
    return note.text("text") if note else None


def _text(given: Mapping, kind: ElementType) -> TextBody:
    said = _button(given) if kind is ElementType.BUTTON else {}
    return TextBody(
        title=given.text("title_text"),
        subtitle=given.text("subtitle_text"),
        body=said.get("text") or given.text("body_text"),
        address=said.get("href"),
    )


def _button(given: Mapping) -> dict[str, str]:
    """The text and the address, which stand in a JSON of Looker's editor."""
    try:
        found = json.loads(given.text("rich_content_json") or "{}")
    except ValueError as e:
        message = f"rich_content_json of a button is no JSON: {e}"
        given.problems.warning(given.origin_of("rich_content_json"), message)
        found = {}
    said = found if isinstance(found, dict) else {}
    return {key: said[key] for key in ("text", "href") if isinstance(said.get(key), str)}


def _note_keys(given: Mapping, name: str) -> None:
    for key in sorted(given.keys - _OF_THE_QUERY - _LIKE_OTHERS):
        hint = did_you_mean(key, _READ, cutoff=0.8)
        if hint:
            message = f"{key} of element {name} is kept as a setting of its look{hint}"
            given.problems.warning(given.origin_of(key), message)


def _type(given: Mapping, name: str) -> ElementType:
    written = given.text("type") or "table"
    if written in list(ElementType):
        return ElementType(written)
    if written in _OTHER_NAMES:
        return _OTHER_NAMES[written]
    if written.startswith(_LOOKERS_OWN):
        hint = did_you_mean(written, ElementType)
        valid = ", ".join(ElementType)
        message = f"unknown element type {written!r}{hint} of {name}; valid are {valid}"
        given.problems.error(given.origin_of("type"), message)
    elif written not in KNOWN_VISUALIZATIONS:
        message = f"element {name} has type {written!r}, a visualisation that is not here; it is a table"
        given.problems.warning(given.origin_of("type"), message)
    return ElementType.CUSTOM
