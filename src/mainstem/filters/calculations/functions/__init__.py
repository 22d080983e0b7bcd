"""Every function of Looker's expressions: a module a family, a record a function.

`FUNCTIONS` finds a record by its name. What is not in it does not exist: neither the check nor the evaluation
knows a function by itself, but for `if` and `case`, which are of the grammar.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mainstem.filters.calculations.functions.aggregates import AGGREGATES
from mainstem.filters.calculations.functions.continuous import CONTINUOUS
from mainstem.filters.calculations.functions.dates import DATES
from mainstem.filters.calculations.functions.discrete import DISCRETE
from mainstem.filters.calculations.functions.filtering import FILTERING
from mainstem.filters.calculations.functions.logic import LOGIC
from mainstem.filters.calculations.functions.mathematics import MATHEMATICS
from mainstem.filters.calculations.functions.pairs import PAIRS
from mainstem.filters.calculations.functions.pivots import PIVOTS
from mainstem.filters.calculations.functions.ranking import RANKING
from mainstem.filters.calculations.functions.record import Function, Parameter
from mainstem.filters.calculations.functions.rows import ROWS
from mainstem.filters.calculations.functions.significance import SIGNIFICANCE
from mainstem.filters.calculations.functions.strings import STRINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FUNCTIONS", "Function", "Parameter"]

_FAMILIES = (
    LOGIC,
    MATHEMATICS,
    STRINGS,
    DATES,
    AGGREGATES,
    RANKING,
    PAIRS,
    SIGNIFICANCE,
    CONTINUOUS,
    DISCRETE,
    ROWS,
    PIVOTS,
    FILTERING,
)

FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {function.name: function for family in _FAMILIES for function in family}
)
