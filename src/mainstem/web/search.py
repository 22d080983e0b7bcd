"""What the search box finds: things by their label and name, each kind from a source of its own.

A source registers with one line in SOURCES; it lists what there is, and words are matched here, alike for
all. Nobody is shown a kind of thing that their role may not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from mainstem.web.activations import activation_path
from mainstem.web.auth import Role
from mainstem.web.catalogue import event_path
from mainstem.web.connectors import connector_path
from mainstem.web.explore import explore_path as asking_path
from mainstem.web.explore_fields import explore_path, fields_of
from mainstem.web.filters import dashboard_path
from mainstem.web.layout import places
from mainstem.web.lookml import model_path
from mainstem.web.orchestration.paths import dag_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.query.explorer import Explorer
    from mainstem.web.auth import Viewer
    from mainstem.web.services import Services


_LITTLE_WORDS = (
    "a about an and are at by can did do does for from get gets had has have how i in is it its many me "
    "much my of on or our per show that the their there they this to us was we were what when where which "
    "who whose why with"
)
_LITTLE = frozenset(_LITTLE_WORDS.split())
"""Words of a question that tell nothing of what is asked about."""


@dataclass(frozen=True)
class Thing:
    """Something that can be found."""

    label: str
    href: str
    detail: str = ""
    """What tells it from others of the same label; searched, too."""
    within: str = ""
    """What it is a part of: shown, not searched."""
    about: str = ""
    """What somebody wrote of it: searched, not shown."""


@dataclass(frozen=True)
class Source:
    kind: str
    """The heading its things stand under."""
    role: Role
    """The least role that finds them."""
    things: Callable[[Services, Explorer], Iterable[Thing]]
    """What there is, of the explorer as far as who searches may see it."""


@dataclass(frozen=True)
class Group:
    kind: str
    found: tuple[Thing, ...]
    """The best first."""
    total: int


def search(services: Services, viewer: Viewer, text: str, most: int) -> tuple[Group, ...]:
    """Things that hold every word of `text`, at most `most` of each kind. Where there are none, those that
    hold what a question as people ask it is about.

    Blank text finds nothing.
    """
    words = text.casefold().split()
    if not words or viewer.role is None:
        return ()
    explorer = services.explorers.of(viewer.asking)
    kinds = [
        (source, tuple(source.things(services, explorer))) for source in SOURCES if viewer.may(source.role)
    ]
    return _groups(kinds, words, most) or _groups(kinds, _telling(words), most)


def _telling(words: list[str]) -> list[str]:
    """`how many replies does a thread get?` → `repl thread`."""
    bare = (word.strip("?!.,:;“”\"'") for word in words)
    return [_stem(word) for word in bare if word and word not in _LITTLE]


def _stem(word: str) -> str:
    """What a word and its plural begin with."""
    for ending in ("ies", "y", "s"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            return word.removesuffix(ending)
    return word


def _groups(
    kinds: Iterable[tuple[Source, tuple[Thing, ...]]], words: list[str], most: int
) -> tuple[Group, ...]:
    groups = []
    if words:
        for source, things in kinds:
            ranked = sorted(_ranked(things, words), key=lambda pair: pair[0])
            if ranked:
                best = tuple(thing for _, thing in ranked[:most])
                groups.append(Group(source.kind, best, len(ranked)))
    return tuple(groups)


def _ranked(things: Iterable[Thing], words: list[str]) -> Iterable[tuple[tuple[int, str, str], Thing]]:
    for thing in things:
        label = thing.label.casefold()
        whole = f"{label} {thing.detail} {thing.about}".casefold()
        if all(word in whole for word in words):
            yield (_distance(label, words), label, thing.href), thing


def _distance(label: str, words: list[str]) -> int:
    """0 for a label that begins with what was typed, 1 when its words do, 2 within them, 3 beside it."""
    if label.startswith(" ".join(words)):
        return 0
    if all(any(part.startswith(word) for part in label.split()) for word in words):
        return 1
    return 2 if all(word in label for word in words) else 3


def _dashboards(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for dashboard in explorer.project.dashboards.values():
        yield Thing(dashboard.title, dashboard_path(dashboard.name), dashboard.description or dashboard.name)


def _tiles(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for dashboard in explorer.project.dashboards.values():
        for place in places(dashboard):
            element = place.element
            if element.explore:
                path = f"{dashboard_path(dashboard.name)}#{place.id}"
                yield Thing(
                    element.title or element.name,
                    path,
                    within=f"in {dashboard.title}",
                    about=element.note_text or "",
                )


def _explores(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for model, explore in explorer.explores():
        if not explore.hidden:
            path = asking_path(model.name, explore.name)
            yield Thing(explore.label, path, f"{model.name}.{explore.name}", about=explore.description or "")


def _fields(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for model, explore in explorer.explores():
        if explore.hidden:
            continue
        for field in fields_of(explorer, model, explore):
            detail = f"{field.name} · {field.kind} in {explore.label}"
            if field.kind in ("dimension", "measure"):
                path = f"{asking_path(model.name, explore.name)}?fields={quote(field.name)}"
            else:
                path = f"{explore_path(model.name, explore.name)}#{quote(field.anchor)}"
            yield Thing(field.label, path, detail, about=field.description or "")


def _models(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for model in explorer.project.models.values():
        yield Thing(model.label, model_path(model.name), model.name)


def _event_sources(services: Services, explorer: Explorer) -> Iterable[Thing]:
    if services.sources is not None:
        for written in services.sources.now().sources:
            path = f"/sources/{quote(written.id, safe='')}"
            yield Thing(written.source.name, path, f"{written.id} · {written.source.type}")


def _catalogued(services: Services, explorer: Explorer) -> Iterable[Thing]:
    """As it was read last: a search waits for no warehouse."""
    catalogue = services.catalogue.remembered() if services.catalogue is not None else None
    for event in catalogue.events if catalogue is not None else ():
        yield Thing(
            event.event, event_path(event), f"{event.type} · {event.key} · {event.description}".rstrip(" ·")
        )


def _properties(services: Services, explorer: Explorer) -> Iterable[Thing]:
    catalogue = services.catalogue.remembered() if services.catalogue is not None else None
    for event in catalogue.events if catalogue is not None else ():
        for one in catalogue.properties.get(event.key, ()) if catalogue is not None else ():
            if not one.is_common:
                path = f"{event_path(event)}#p-{quote(one.column_name)}"
                yield Thing(one.column_name, path, f"{one.path or one.type} · in {event.event}")


def _dags(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for known in services.orchestration.reading.dags() if services.orchestration is not None else ():
        if not known.is_stale:
            dag = known.dag
            yield Thing(dag.dag_id, dag_path(dag.dag_id), dag.description or " · ".join(dag.tags))


def _connectors(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for name, title in services.connectors.names() if services.connectors is not None else ():
        yield Thing(name, connector_path(name), title)


def _activations(services: Services, explorer: Explorer) -> Iterable[Thing]:
    for name, title, target in services.activations.names() if services.activations is not None else ():
        yield Thing(title, activation_path(name), target)


SOURCES = (
    Source("Dashboards", Role.VIEWER, _dashboards),
    Source("Tiles", Role.VIEWER, _tiles),
    Source("DAGs", Role.VIEWER, _dags),
    Source("Connectors", Role.VIEWER, _connectors),
    Source("Activations", Role.VIEWER, _activations),
    Source("Explores", Role.EXPLORER, _explores),
    Source("Fields", Role.EXPLORER, _fields),
    Source("Models", Role.EXPLORER, _models),
    Source("Sources", Role.EXPLORER, _event_sources),
    Source("Events", Role.EXPLORER, _catalogued),
    Source("Properties", Role.EXPLORER, _properties),
)
