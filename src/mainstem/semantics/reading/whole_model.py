"""One model's final blocks → the model. Views that models share are read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import Explore, Model, View
from mainstem.semantics.reading.explore import read_explore
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.model import (
    read_access_grants,
    read_data_tests,
    read_named_formats,
    read_settings,
)
from mainstem.semantics.reading.view import read_view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block, Node


class ModelReader:
    """Reads the models of one project."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._views: dict[int, tuple[Block, View]] = {}

    def read(
        self,
        own: Block,
        views: Mapping[str, Block],
        explores: Mapping[str, Block],
        rest: Sequence[Node],
        templates: frozenset[str],
    ) -> Model:
        """`own` is the top of the model's file, `rest` that of all its files."""
        read_views = {name: self._view(block) for name, block in views.items()}
        kept, omitted = self._explores(explores, read_views)
        omitted |= {name: "it only stands to be extended (extension: required)" for name in templates}
        return Model(
            name=own.name,
            origin=own.origin,
            views=read_views,
            explores=kept,
            omitted=omitted,
            access_grants=read_access_grants(rest, self._problems),
            named_value_formats=read_named_formats(rest, self._problems),
            tests=read_data_tests(rest, self._problems),
            **read_settings(own, rest, self._problems),
        )

    def _view(self, block: Block) -> View:
        known = self._views.get(id(block))
        if known is None:
            known = self._views[id(block)] = (block, read_view(block, self._problems))
        return known[1]

    def _explores(
        self, explores: Mapping[str, Block], views: Mapping[str, View]
    ) -> tuple[dict[str, Explore], dict[str, str]]:
        keys = {name: key.name for name, view in views.items() if (key := view.primary_key)}
        kept: dict[str, Explore] = {}
        omitted: dict[str, str] = {}
        for name, block in explores.items():
            explore = read_explore(block, keys, self._problems)
            if isinstance(explore, LeftOut):
                omitted[name] = explore.reason
            else:
                kept[name] = explore
        return kept, omitted
