"""What all fields have in common: how they are shown, found and offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Link
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Callable

_LINK = Vocabulary("link", read=words("label url icon_url"))


def label_in(given: Parameters) -> str:
    """The one that is written, else the one Looker makes from the name."""
    label = given.text("label")
    return label_of(given.block.name) if label is None else label


def presentation_of(given: Parameters, hidden: bool) -> dict[str, Any]:
    """The arguments of a field that `Presentation` has; `hidden` holds where the field says nothing."""
    found: dict[str, Any] = {"hidden": True} if hidden else {}
    for key in given.keys:
        take = _TAKEN.get(key)
        if take is not None:
            found[_NAMED.get(key, key)] = take(given, key)
    return found


def _links(given: Parameters, _key: str) -> tuple[Link, ...]:
    found: list[Link] = []
    for block in given.unnamed("link"):
        inner = Parameters(block, _LINK, given.problems)
        label, url = inner.text("label"), inner.text("url")
        if url is None:
            given.problems.error(block.origin, f"a link of {given.block.name} has no url")
        else:
            found.append(Link(label or url, url, inner.text("icon_url")))
    return tuple(found)


def _yes(given: Parameters, key: str) -> bool:
    return given.yesno(key, True)


_TAKEN: dict[str, Callable[[Parameters, str], object]] = {
    "description": Parameters.text,
    "view_label": Parameters.text,
    "group_label": Parameters.text,
    "group_item_label": Parameters.text,
    "label_from_parameter": Parameters.text,
    "hidden": Parameters.yesno,
    "value_format": Parameters.text,
    "value_format_name": Parameters.text,
    "html": Parameters.text,
    "link": _links,
    "drill_fields": Parameters.names,
    "tags": Parameters.names,
    "can_filter": _yes,
    "case_sensitive": _yes,
    "suggestable": _yes,
    "suggestions": Parameters.names,
    "suggest_explore": Parameters.text,
    "suggest_dimension": Parameters.text,
    "required_fields": Parameters.names,
    "required_access_grants": Parameters.names,
}
_NAMED = {"link": "links"}
