"""A project as one asker may see it: models, explores, joins, fields and dashboards, and nothing of the rest.

It is for showing. Questions are compiled against the whole project, since what somebody may see can rest on
what they may not: an access filter on a hidden field, a sum over one.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

import msgspec

from mainstem.query.grants import Grants
from mainstem.semantics.dynamic import CustomMeasure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.query.context import Context
    from mainstem.semantics.dashboard import Dashboard, DashboardFilter, Element
    from mainstem.semantics.model import Explore, Model, View, ViewField
    from mainstem.semantics.project import Project

_Field = TypeVar("_Field", bound="ViewField")
Sight = tuple[frozenset[str], frozenset[tuple[str, str]]] | None

_NAMED = re.compile(r"\$\{\s*([\w.]+)\s*\}")
_MOST_KEPT = 64
_replace = msgspec.structs.replace


def sight_of(project: Project, context: Context) -> Sight:
    """What decides how much is seen: models, and grants that are held. Those with one sight see one project;
    None sees all of it."""
    if context.sees_everything:
        return None
    models = frozenset(name for name in project.models if context.models is None or name in context.models)
    grants = frozenset(
        (name, grant) for name in models for grant in Grants(project.models[name], context).all_held or ()
    )
    if len(models) == len(project.models) and len(grants) == _every_grant(project):
        return None
    return models, grants


def seen_project(project: Project, sight: Sight) -> Project:
    """A tile is there when its explore and every field it names are, a filter when its field is, and a
    dashboard when one of its tiles is, or when it asks nothing."""
    if sight is None:
        return project
    names, held = sight
    models = {
        name: _seen_model(model, {grant for owner, grant in held if owner == name})
        for name, model in project.models.items()
        if name in names
    }
    sights = _Tiles(project.models, models)
    boards = (sights.board(board) for board in project.dashboards.values())
    return _replace(project, models=models, dashboards={board.name: board for board in boards if board})


def _every_grant(project: Project) -> int:
    return sum(len(model.access_grants) for model in project.models.values())


def _seen_model(model: Model, held: set[str]) -> Model:
    views = {name: _seen_view(view, held) for name, view in model.views.items()}
    hidden = {name for name, view in model.views.items() if not held.issuperset(view.required_access_grants)}
    explores = {
        name: _seen_explore(explore, hidden, held)
        for name, explore in model.explores.items()
        if held.issuperset(explore.required_access_grants)
    }
    return _replace(
        model,
        views={name: view for name, view in views.items() if name not in hidden or _is_base(name, explores)},
        explores=explores,
        access_grants={name: grant for name, grant in model.access_grants.items() if name in held},
    )


def _is_base(view: str, explores: Mapping[str, Explore]) -> bool:
    """Whether explores that are seen begin with it; it is there then, without its fields."""
    return any(explore.view == view for explore in explores.values())


def _seen_explore(explore: Explore, hidden: set[str], held: set[str]) -> Explore:
    joins = {
        name: join
        for name, join in explore.joins.items()
        if join.view not in hidden and held.issuperset(join.required_access_grants)
    }
    return explore if len(joins) == len(explore.joins) else _replace(explore, joins=joins)


def _seen_view(view: View, held: set[str]) -> View:
    seen = held.issuperset(view.required_access_grants)
    if seen and all(held.issuperset(field.required_access_grants) for field in (*view.fields, *view.inputs)):
        return view
    return _replace(
        view,
        dimensions=_seen_fields(view.dimensions, held, seen),
        measures=_seen_fields(view.measures, held, seen),
        filters=_seen_fields(view.filters, held, seen),
        parameters=_seen_fields(view.parameters, held, seen),
        omitted={},
    )


def _seen_fields(fields: Mapping[str, _Field], held: set[str], seen: bool) -> dict[str, _Field]:
    return {
        name: field
        for name, field in fields.items()
        if seen and held.issuperset(field.required_access_grants)
    }


class _Tiles:
    """Which tiles of dashboards are seen. What does not exist at all is not hidden: its tile stays, and says
    what is wrong with it."""

    def __init__(self, every: Mapping[str, Model], seen: Mapping[str, Model]) -> None:
        self._every = every
        self._seen = seen

    def board(self, board: Dashboard) -> Dashboard | None:
        asking = [element for element in board.elements if self._exists(element)]
        if asking and all(self._hides(element) for element in asking):
            return None
        filters = tuple(given for given in board.filters if not self._hides_filter(given))
        named = {given.name for given in filters}
        elements = (self._heard(element, named) for element in board.elements if not self._hides(element))
        return _replace(board, filters=filters, elements=tuple(elements), omitted={})

    def _exists(self, element: Element) -> bool:
        model = self._every.get(element.model)
        return model is not None and element.explore in model.explores

    def _hides(self, element: Element) -> bool:
        if not element.explore:
            return False
        if any(self._hides(one.element) for one in element.merged):
            return True
        return self._hides_any(element.model, element.explore, _named_by(element))

    def _hides_filter(self, given: DashboardFilter) -> bool:
        if not given.model or not given.explore:
            return False
        return self._hides_any(given.model, given.explore, [given.field] if given.field else [])

    def _heard(self, element: Element, filters: set[str]) -> Element:
        kept = {
            name: field
            for name, field in element.listen.items()
            if name in filters and not self._hides_any(element.model, element.explore, [field])
        }
        merged = tuple(_replace(one, element=self._heard(one.element, filters)) for one in element.merged)
        if kept == element.listen and merged == element.merged:
            return element
        return _replace(element, listen=kept, merged=merged)

    def _hides_any(self, model: str, explore: str, fields: Iterable[str]) -> bool:
        every, seen = self._every.get(model), self._seen.get(model)
        if every is None:
            return False
        if seen is None:
            return True
        if explore not in every.explores:
            return False
        if explore not in seen.explores:
            return True
        whole = every.explores[explore].views()
        shown = seen.explores[explore].views()
        return any(_hidden(every, seen, whole, shown, name) for name in fields)


def _hidden(every: Model, seen: Model, whole: Mapping[str, str], shown: Mapping[str, str], name: str) -> bool:
    alias, _, field = name.partition(".")
    view = every.views.get(whole.get(alias, ""))
    if view is None or view.any_field(field) is None:
        return False
    visible = seen.views.get(shown.get(alias, ""))
    return visible is None or visible.any_field(field) is None


def _named_by(element: Element) -> Iterable[str]:
    """Every `view.field` that its question rests on; `listen` apart."""
    yield from element.fields
    yield from element.filters
    yield from element.pivots
    yield from element.fill_fields
    yield from element.subtotals
    yield from (sort.split()[0] for sort in element.sorts if sort.strip())
    yield from _NAMED.findall(element.filter_expression or "")
    for field in element.dynamic_fields:
        if isinstance(field, CustomMeasure):
            yield field.based_on
            yield from field.filters
            yield from _NAMED.findall(field.filter_expression or "")
        else:
            yield from _NAMED.findall(field.expression)


class ShownProjects:
    """Projects as they were shown, kept while they hold: a page need not make one anew. Safe to use from
    several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Sight, tuple[Project, Project]] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, project: Project, sight: Sight) -> Project:
        if sight is None:
            return project
        with self._guard:
            kept = self._kept.get(sight)
            if kept is not None and kept[0] is project:
                self._kept.move_to_end(sight)
                return kept[1]
        shown = seen_project(project, sight)
        with self._guard:
            self._kept[sight] = project, shown
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return shown


def reads_attributes(project: Project, model: str, explore: str) -> bool:
    """Whether rows of the explore depend on who asks."""
    found = project.models.get(model)
    asked = found.explores.get(explore) if found else None
    if found is None or asked is None:
        return False
    if asked.access_filters:
        return True
    views = [found.views.get(name) for name in asked.views().values()]
    return any(b"_user_attributes" in msgspec.json.encode(each) for each in (asked, views))
