"""Why numbers changed, between two things that readers were shown.

From the lake's snapshots, and dbt's artifacts and LookML as they were kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.query.changes import Leg, State, Version, explain
from mainstem.query.connections import OWN
from mainstem.query.context import Context
from mainstem.query.elements import request_of
from mainstem.query.resolve import seen_fields
from mainstem.warehouse.ducklake import open_moments
from mainstem.web.truth.changes import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from contextlib import AbstractContextManager

    from mainstem.assemble.kept_versions import KeptArtifacts, KeptLookml
    from mainstem.query.changes import Explanation
    from mainstem.query.context import Asking
    from mainstem.query.request import Request
    from mainstem.semantics import Project
    from mainstem.warehouse.ducklake import LakeLocation
    from mainstem.warehouse.moments import Moments
    from mainstem.web.publishing import PublicationDesk
    from mainstem.web.truth.changes import Asked

_MOST_KEPT = 200
"""Answers, of some ten kilobytes each."""
_MOST_LEGS = 30
"""Builds between two moments that are followed one by one: each takes as long as one comparison."""


class ProjectChanges:
    """As `web.truth.ChangesDesk` promises it."""

    def __init__(
        self,
        location: LakeLocation,
        publications: PublicationDesk,
        artifacts: KeptArtifacts,
        lookml: KeptLookml,
        project: Callable[[], Project],
        others: Collection[str],
    ) -> None:
        """`others` are the connections beside the project's own lake."""
        self._location = location
        self._publications = publications
        self._artifacts = artifacts
        self._lookml = lookml
        self._project = project
        self._others = others
        self._kept: OrderedDict[bytes, tuple[Project, Explanation]] = OrderedDict()
        self._guard = threading.Lock()

    def moments(self) -> Sequence[Moment]:
        history = self._publications.history()
        return [
            Moment(str(one.id), one.build_id, one.published_at, one.built_at, one.snapshot)
            for n, one in enumerate(history.publications)
            if n == 0 or one.build_id in history.returnable
        ]

    def explain(
        self, asking: Asking, asked: Asked, then: Moment, now: Moment, tell: Callable[[str], None]
    ) -> Explanation:
        """Kept for the same question, moments and rights, while LookML stays, for an hour of the clock: by
        then filters from the present may mean other rows."""
        if asked.request.merge is not None:
            raise QueryError("this tile merges several answers: ask of each of its queries why it changed")
        project = self._project()
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        key = msgspec.json.encode((asking, asked, then, now, hour), order="deterministic")
        with self._guard:
            kept = self._kept.get(key)
            if kept is not None and kept[0] is project:
                self._kept.move_to_end(key)
                return kept[1]
        found = self._explained(project, asking, asked, then, now, tell)
        with self._guard:
            self._kept[key] = (project, found)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def _explained(
        self,
        project: Project,
        asking: Asking,
        asked: Asked,
        then: Moment,
        now: Moment,
        tell: Callable[[str], None],
    ) -> Explanation:
        model = project.models.get(asked.request.model)
        connection = model.connection if model is not None else None
        if connection is not None and connection != OWN and connection in self._others:
            raise QueryError(
                f"the connection {connection} keeps no earlier states: what its tables held is not known"
            )
        newest = self._publications.history().publications[0]
        is_now = newest.id == int(now.id)
        present = datetime.now(UTC) if is_now else now.shown_at
        second = project if is_now else self._lookml.at(now.shown_at) or project
        first = self._lookml.at(then.shown_at)
        context = Context(
            now=_naive(present),
            user_attributes=asking.user_attributes,
            chosen_attributes=asking.chosen_attributes,
            plain_attributes=asking.plain_attributes,
            sees_everything=asking.sees_everything,
            models=asking.models,
        )
        old = guarded(first if first is not None else second, project)
        states = (
            self._state(old, _as_asked(old, project, asked, context), then, then.shown_at),
            self._state(guarded(second, project), asked.request, now, present),
        )
        with closing(open_moments(self._location, then.snapshot, now.snapshot)) as moments:
            found = explain(moments, *states, context, legs=self._legs(then, now), tell=tell)
        if first is None:
            note = "LookML at the first moment is not kept: the question is asked as it is written now."
            return msgspec.structs.replace(found, notes=(note, *found.notes))
        return found

    def _legs(self, then: Moment, now: Moment) -> tuple[Leg, ...]:
        """From build to build, as far as what each made and left is known; else none."""
        builds = {one.id: one for one in self._publications.history().builds}
        found: list[Leg] = []
        build, snapshot = now.build, now.snapshot
        while build > then.build and len(found) < _MOST_LEGS:
            before = self._artifacts.first_of(build) - 1
            while before > then.build and before in builds and not builds[before].models:
                before -= 1  # it ended before it built anything
            ended = builds[before].snapshot if before in builds else None
            ended = then.snapshot if before == then.build else ended
            if before < then.build or ended is None:
                return ()
            found.append(
                Leg(
                    name=f"Build {build}",
                    then=self._version(before),
                    now=self._version(build),
                    one_build=True,
                    open=partial(self._opened, ended, snapshot),
                )
            )
            build, snapshot = before, ended
        return tuple(reversed(found)) if build == then.build else ()

    def _opened(self, then: int, now: int) -> AbstractContextManager[Moments]:
        return closing(open_moments(self._location, then, now))

    def _version(self, build: int) -> Version | None:
        kept = self._artifacts.of_build(build)
        return None if kept is None else Version(*kept)

    def _state(self, project: Project, request: Request, moment: Moment, asked_at: datetime) -> State:
        return State(
            project=project,
            request=request,
            asked_at=_naive(asked_at),
            data_at=moment.data_at,
            version=self._version(moment.build),
        )


def guarded(project: Project, present: Project) -> Project:
    """LookML of another day under the access filters of today as well: a rule that was added since holds for
    what was shown before it."""
    models = {}
    for name, model in project.models.items():
        today = present.models.get(name)
        explores = {}
        for title, explore in model.explores.items():
            rules = today.explores[title].access_filters if today and title in today.explores else ()
            added = tuple(rule for rule in rules if rule not in explore.access_filters)
            explores[title] = msgspec.structs.replace(
                explore, access_filters=(*explore.access_filters, *added)
            )
        models[name] = msgspec.structs.replace(model, explores=explores)
    return msgspec.structs.replace(project, models=models)


def _as_asked(old: Project, present: Project, asked: Asked, context: Context) -> Request:
    """What the tile asked then; as it asks now where it was not there, or asked for fields that the asker may
    not see."""
    dashboard = old.dashboards.get(asked.dashboard)
    element = next((e for e in dashboard.elements if e.name == asked.element), None) if dashboard else None
    if dashboard is None or element is None or not element.asks:
        return asked.request
    names = {one.name for one in dashboard.filters}
    values = {name: value for name, value in (asked.values or {}).items() if name in names}
    try:
        request = request_of(dashboard, element, values)
        today = seen_fields(present, request.model, request.explore, context)
    except QueryError:
        return asked.request
    named = {*request.fields, *request.filters} - {one.name for one in request.dynamic_fields}
    return request if named <= today.keys() else asked.request


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
