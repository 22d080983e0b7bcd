"""What the search box finds: things by their label and name, each kind from a source of its own.

A source registers with one line in SOURCES; it lists what there is, and words are matched here, alike for
all. Nobody is shown a kind of thing that their role may not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from mainstem.web.auth import Role
from mainstem.web.catalogue import event_path
from mainstem.web.explore_fields import explore_path, fields_of
from mainstem.web.filter_bar import dashboard_path
from mainstem.web.lookml import model_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.web.services import Services


@dataclass(frozen=True)
class Thing:
    """Something that can be found."""

    label: str
    href: str
    detail: str = ""
    """What tells it from others of the same label; searched, too."""


@dataclass(frozen=True)
class Source:
    kind: str
    """The heading its things stand under."""
    role: Role
    """The least role that finds them."""
    things: Callable[[Services], Iterable[Thing]]


@dataclass(frozen=True)
class Group:
    kind: str
    found: tuple[Thing, ...]
    """The best first."""
    total: int


def search(services: Services, text: str, role: Role | None, most: int) -> tuple[Group, ...]:
    """Things whose label or detail holds every word of `text`, at most `most` of each kind.

    Blank text finds nothing.
    """
    words = text.casefold().split()
    if not words or role is None:
        return ()
    groups = []
    for source in SOURCES:
        if role >= source.role:
            ranked = sorted(_ranked(source.things(services), words), key=lambda pair: pair[0])
            if ranked:
                best = tuple(thing for _, thing in ranked[:most])
                groups.append(Group(source.kind, best, len(ranked)))
    return tuple(groups)


def _ranked(things: Iterable[Thing], words: list[str]) -> Iterable[tuple[tuple[int, str, str], Thing]]:
    for thing in things:
        label = thing.label.casefold()
        whole = f"{label} {thing.detail.casefold()}"
        if all(word in whole for word in words):
            yield (_distance(label, words), label, thing.href), thing


def _distance(label: str, words: list[str]) -> int:
    """0 for a label that begins with what was typed, 1 when its words do, 2 within them, 3 beside it."""
    if label.startswith(" ".join(words)):
        return 0
    if all(any(part.startswith(word) for part in label.split()) for word in words):
        return 1
    return 2 if all(word in label for word in words) else 3


def _dashboards(services: Services) -> Iterable[Thing]:
    for dashboard in services.explorer.project.dashboards.values():
        yield Thing(dashboard.title, dashboard_path(dashboard.name), dashboard.description or dashboard.name)


def _explores(services: Services) -> Iterable[Thing]:
    for model, explore in services.explorer.explores():
        if not explore.hidden:
            path = explore_path(model.name, explore.name)
            yield Thing(explore.label, path, f"{model.name}.{explore.name}")


def _fields(services: Services) -> Iterable[Thing]:
    for model, explore in services.explorer.explores():
        if explore.hidden:
            continue
        path = explore_path(model.name, explore.name)
        for field in fields_of(services.explorer, model, explore):
            detail = f"{field.name} · {field.kind} in {explore.label}"
            yield Thing(field.label, f"{path}#{quote(field.anchor)}", detail)


def _models(services: Services) -> Iterable[Thing]:
    for model in services.explorer.project.models.values():
        yield Thing(model.label, model_path(model.name), model.name)


def _event_sources(services: Services) -> Iterable[Thing]:
    if services.sources is not None:
        for written in services.sources.now().sources:
            path = f"/sources/{quote(written.id, safe='')}"
            yield Thing(written.source.name, path, f"{written.id} · {written.source.type}")


def _catalogued(services: Services) -> Iterable[Thing]:
    """As it was read last: a search waits for no warehouse."""
    catalogue = services.catalogue.remembered() if services.catalogue is not None else None
    for event in catalogue.events if catalogue is not None else ():
        yield Thing(
            event.event, event_path(event), f"{event.type} · {event.key} · {event.description}".rstrip(" ·")
        )


def _properties(services: Services) -> Iterable[Thing]:
    catalogue = services.catalogue.remembered() if services.catalogue is not None else None
    for event in catalogue.events if catalogue is not None else ():
        for one in catalogue.properties.get(event.key, ()) if catalogue is not None else ():
            if not one.is_common:
                path = f"{event_path(event)}#p-{quote(one.column_name)}"
                yield Thing(one.column_name, path, f"{one.path or one.type} · in {event.event}")


SOURCES = (
    Source("Dashboards", Role.VIEWER, _dashboards),
    Source("Explores", Role.EXPLORER, _explores),
    Source("Fields", Role.EXPLORER, _fields),
    Source("Models", Role.EXPLORER, _models),
    Source("Sources", Role.EXPLORER, _event_sources),
    Source("Events", Role.EXPLORER, _catalogued),
    Source("Properties", Role.EXPLORER, _properties),
)
