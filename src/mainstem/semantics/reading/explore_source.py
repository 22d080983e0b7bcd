"""`explore_source: explore { … }`: a query of an explore, read as a table or tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import BoundFilter, DerivedColumn, ExploreSource, SourceColumn
from mainstem.semantics.reading.filters import filters_of
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.sorts import sorts_of
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "explore_source",
    read=words(
        "column derived_column filters expression_custom_filter bind_filters bind_all_filters sorts sort "
        "limit timezone field"
    ),
    without_effect=words("dev_filters bypass_suggest_restrictions"),
)
_COLUMN = Vocabulary("column", read=words("field"), without_effect=words("description label"))
_DERIVED = Vocabulary("derived_column", read=words("sql"), without_effect=words("description label"))
_BOUND = Vocabulary("bind_filters", read=words("from_field to_field"))


def read_explore_source(block: Block, problems: Problems) -> ExploreSource:
    given = Parameters(block, VOCABULARY, problems)
    bound = tuple(bind for one in given.unnamed("bind_filters") if (bind := _bound(one, problems)))
    return ExploreSource(
        explore=block.name,
        origin=block.origin,
        columns=tuple(_column(one, problems) for one in given.blocks("column")),
        derived_columns=tuple(
            found for one in given.blocks("derived_column") if (found := _derived(one, problems))
        ),
        filters=filters_of(block, problems),
        expression_custom_filter=given.text("expression_custom_filter"),
        bind_filters=bound,
        bind_all_filters=given.yesno("bind_all_filters"),
        sorts=sorts_of(given),
        limit=given.number("limit"),
        timezone=given.text("timezone"),
    )


def _column(block: Block, problems: Problems) -> SourceColumn:
    """Without a field it is the field of its own name, of the explore's base view."""
    given = Parameters(block, _COLUMN, problems)
    return SourceColumn(block.name.rpartition(".")[2], (given.text("field") or block.name).strip())


def _derived(block: Block, problems: Problems) -> DerivedColumn | None:
    given = Parameters(block, _DERIVED, problems)
    sql = given.sql("sql")
    if sql is None:
        problems.error(block.origin, f"derived_column {block.name} has no sql")
        return None
    return DerivedColumn(block.name, sql)


def _bound(block: Block, problems: Problems) -> BoundFilter | None:
    given = Parameters(block, _BOUND, problems)
    source, target = given.text("from_field"), given.text("to_field")
    if source is None or target is None:
        problems.error(block.origin, "bind_filters needs from_field and to_field")
        return None
    return BoundFilter(source.strip(), target.strip())
