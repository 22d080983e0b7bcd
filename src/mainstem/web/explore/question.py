"""What somebody looks at in an explore: a request, and how its answer is drawn."""

from __future__ import annotations

from collections.abc import Mapping  # msgspec reads the annotations
from typing import Any

import msgspec

from mainstem.query.request import Request
from mainstem.semantics.dashboard import Element, ElementType
from mainstem.semantics.model.origin import Origin
from mainstem.web.explore.rules import RULES, read_rules, written_rules


def question_of(element: Element, request: Request) -> Question:
    """What a tile asks, and how it draws the answer, to go on asking from there."""
    return Question(
        request=request,
        visualization=element.visualization or element.type.value,
        vis={**element.vis, RULES: written_rules(element.conditional_formatting)}
        if element.conditional_formatting
        else element.vis,
        hidden_fields=element.hidden_fields,
    )


class Question(msgspec.Struct, frozen=True, kw_only=True):
    request: Request
    visualization: str = ""
    """Looker's name of it: `looker_line`, `single_value`, `table`; empty: the one that suits the fields."""
    vis: Mapping[str, Any] = {}
    """Settings of the visualisation, by the names that elements of LookML dashboards have."""
    hidden_fields: tuple[str, ...] = ()
    """Asked for, since others are worked out from them, and not drawn."""

    def with_request(self, **changed: Any) -> Question:
        """The same but for fields of the request."""
        return msgspec.structs.replace(self, request=msgspec.structs.replace(self.request, **changed))

    def with_look(self, **changed: Any) -> Question:
        """The same request, drawn in another way."""
        return msgspec.structs.replace(self, **changed)

    def element(self, kind: ElementType, title: str) -> Element:
        """The tile that it would be on a dashboard, drawn as `kind`."""
        asked = self.request
        return Element(
            name="explore",
            title=title,
            type=kind,
            origin=Origin("", 1),
            model=asked.model,
            explore=asked.explore,
            fields=asked.fields,
            visualization=self.visualization or kind.value,
            filters=asked.filters,
            filter_expression=asked.filter_expression,
            pivots=asked.pivots,
            sorts=asked.sorts,
            limit=asked.limit,
            column_limit=asked.column_limit,
            totals=asked.totals,
            row_totals=asked.row_totals,
            subtotals=asked.subtotals,
            fill_fields=asked.fill_fields,
            hidden_fields=self.hidden_fields,
            dynamic_fields=asked.dynamic_fields,
            timezone=asked.timezone,
            conditional_formatting=read_rules(self.vis),
            vis={key: value for key, value in self.vis.items() if key != RULES},
        )
