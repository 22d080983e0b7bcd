"""What a person sets in a filter's control ↔ the filter expression it stands for.

A frozen value per type, with `to_expression` and its inverse `from_expression`. An expression that is valid
and fits no control has None: it needs a text field ("matches (advanced)"). One that is not valid is a
FilterError, as everywhere. `widgets_of` reads a list of conditions on one field, a control each, and
`expression_of_widgets` writes it.
"""

from __future__ import annotations

from mainstem.filters.widgets.date import DateKind, DateWidget
from mainstem.filters.widgets.location import LocationKind, LocationWidget
from mainstem.filters.widgets.number import NumberOperator, NumberWidget
from mainstem.filters.widgets.several import Widget, expression_of_widgets, widgets_of
from mainstem.filters.widgets.string import StringOperator, StringWidget
from mainstem.filters.widgets.tier import TierWidget
from mainstem.filters.widgets.yesno import YesnoChoice, YesnoWidget

__all__ = [
    "DateKind",
    "DateWidget",
    "LocationKind",
    "LocationWidget",
    "NumberOperator",
    "NumberWidget",
    "StringOperator",
    "StringWidget",
    "TierWidget",
    "Widget",
    "YesnoChoice",
    "YesnoWidget",
    "expression_of_widgets",
    "widgets_of",
]
