"""`test: name { explore_source: … assert: … }`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Assertion, DataTest, ExploreQuery
from mainstem.semantics.reading.explore_source import read_explore_source
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words
from mainstem.semantics.syntax import Block

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems

VOCABULARY = Vocabulary(
    "test", read=words("explore_source assert"), without_effect=words("label description")
)
_ASSERT = Vocabulary("assert", read=words("expression"))


def read_data_test(block: Block, problems: Problems) -> DataTest | None:
    """None, and an error, without a query or anything to hold of it."""
    given = Parameters(block, VOCABULARY, problems)
    sources = [node for node in given.all("explore_source") if isinstance(node, Block)]
    assertions = tuple(one for found in given.blocks("assert") if (one := _assertion(found, problems)))
    if not sources or not assertions:
        problems.error(block.origin, f"test {block.name} needs an explore_source and an assert")
        return None
    source = read_explore_source(sources[-1], problems)
    query = ExploreQuery(
        name=block.name,
        label=label_of(block.name),
        origin=source.origin,
        dimensions=tuple(column.field for column in source.columns),
        filters=source.filters,
        sorts=source.sorts,
        limit=source.limit,
        timezone=source.timezone,
    )
    return DataTest(
        name=block.name, explore=source.explore, query=query, assertions=assertions, origin=block.origin
    )


def _assertion(block: Block, problems: Problems) -> Assertion | None:
    expression = Parameters(block, _ASSERT, problems).text("expression")
    if not expression or not expression.strip():
        problems.error(block.origin, f"assert {block.name} has no expression")
        return None
    return Assertion(block.name, expression.strip(), block.origin)
