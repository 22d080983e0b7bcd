"""`view: name { … }` with its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import View
from mainstem.semantics.reading.derived_table import read_derived_table
from mainstem.semantics.reading.fields import KINDS, read_fields
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.model import DerivedTable, Dimension
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "view",
    read=KINDS
    | words(
        "sql_table_name derived_table label description view_label suggestions required_access_grants set "
        "drill_fields fields_hidden_by_default extends extension final"
    ),
    without_effect=words("tags test measure_group synonyms view_name"),
)
_SET = Vocabulary("set", read=words("fields"))


def read_view(block: Block, problems: Problems) -> View:
    """Always a view: what cannot be kept is in `omitted`. One whose table cannot be told has the table of its
    own name, as one that names none."""
    given = Parameters(block, VOCABULARY, problems)
    table = given.sql("sql_table_name")
    derived = _derived_table(given)
    if table and derived:
        message = f"view {block.name} has both sql_table_name and derived_table; the latter counts"
        problems.error(given.origin("sql_table_name"), message)
    fields = read_fields(block, given.yesno("fields_hidden_by_default"), problems)
    _check_primary_keys(block, fields.dimensions, problems)
    label = given.text("label")
    return View(
        name=block.name,
        label=label_of(block.name) if label is None else label,
        origin=block.origin,
        sql_table_name=None if derived else table or block.name,
        derived_table=derived,
        description=given.text("description"),
        view_label=given.text("view_label"),
        suggestions=given.yesno("suggestions", True),
        required_access_grants=given.names("required_access_grants"),
        dimensions=fields.dimensions,
        measures=fields.measures,
        filters=fields.filters,
        parameters=fields.parameters,
        sets={one.name: Parameters(one, _SET, problems).names("fields") for one in given.blocks("set")},
        drill_fields=given.names("drill_fields"),
        omitted=fields.omitted,
    )


def _derived_table(given: Parameters) -> DerivedTable | None:
    blocks = list(given.unnamed("derived_table"))
    return read_derived_table(blocks[-1], given.block.name, given.problems) if blocks else None


def _check_primary_keys(block: Block, dimensions: dict[str, Dimension], problems: Problems) -> None:
    keys = [dimension for dimension in dimensions.values() if dimension.primary_key]
    for key in keys[1:]:
        problems.error(
            key.origin,
            f"view {block.name} has two primary keys, {keys[0].name} and {key.name}; "
            "make one dimension of both",
        )
