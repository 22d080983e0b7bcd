"""The fields of a view, by kind, in the order they were written; and those that were left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.semantics.model import Dimension, FilterField, Measure, Parameter
from mainstem.semantics.reading.dimension import read_dimension
from mainstem.semantics.reading.dimension_group import read_dimension_group
from mainstem.semantics.reading.inputs import read_filter_field, read_parameter
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.measure import read_measure
from mainstem.semantics.syntax import Block

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics.model import ViewField
    from mainstem.semantics.problems import Problems

_SINGLE: dict[str, Callable[[Block, Problems, bool], ViewField | LeftOut]] = {
    "dimension": read_dimension,
    "measure": read_measure,
    "filter": read_filter_field,
    "parameter": read_parameter,
}
KINDS = frozenset({*_SINGLE, "dimension_group"})


@dataclass
class Fields:
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    filters: dict[str, FilterField] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    omitted: dict[str, str] = field(default_factory=dict)
    _by_name: dict[str, ViewField] = field(default_factory=dict)

    def take(self, found: ViewField | LeftOut) -> ViewField | None:
        """Keeps a field; what stood under its name until then is gone, and returned."""
        if isinstance(found, LeftOut):
            self.omitted[found.name] = found.reason
            return None
        replaced = self._by_name.get(found.name)
        if replaced is not None:
            for kind in (self.dimensions, self.measures, self.filters, self.parameters):
                kind.pop(found.name, None)
        self._by_name[found.name] = found
        if isinstance(found, Dimension):
            self.dimensions[found.name] = found
        elif isinstance(found, Measure):
            self.measures[found.name] = found
        elif isinstance(found, FilterField):
            self.filters[found.name] = found
        else:
            self.parameters[found.name] = found
        return replaced


def read_fields(block: Block, hidden: bool, problems: Problems) -> Fields:
    """Of two fields of one name the last counts, as in Looker; a dimension written out wins over the
    timeframe of a group that has its name."""
    fields = Fields()
    for node in block.nodes:
        if node.key not in KINDS:
            continue
        if not isinstance(node, Block) or not node.name:
            problems.error(node.origin, f"{node.key} needs a name and braces: `{node.key}: name {{ … }}`")
        elif node.key == "dimension_group":
            _take_group(fields, node, hidden, problems)
        else:
            found = _SINGLE[node.key](node, problems, hidden)
            _note_replaced(fields.take(found), found, block, problems)
    return fields


def _take_group(fields: Fields, node: Block, hidden: bool, problems: Problems) -> None:
    dimensions, left_out = read_dimension_group(node, problems, hidden)
    for dimension in dimensions:
        written = fields.dimensions.get(dimension.name)
        if written is None or written.dimension_group is not None:
            fields.take(dimension)
    for one in left_out:
        fields.take(one)


def _note_replaced(
    replaced: ViewField | None, found: ViewField | LeftOut, block: Block, problems: Problems
) -> None:
    if replaced is None or isinstance(found, LeftOut):
        return
    name = f"{block.name}.{found.name}"
    if isinstance(replaced, Dimension) and replaced.dimension_group is not None:
        return
    problems.error(found.origin, f"{name} is defined twice; first in {replaced.origin}. The last one counts")
