"""`query: name { … }` of an explore: a ready-made question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import ExploreQuery
from mainstem.semantics.reading.filters import filters_of
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.sorts import sorts_of
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "query",
    read=words("label description dimensions measures filters pivots sorts sort limit timezone"),
    without_effect=words("hidden tags"),
)


def read_query(block: Block, problems: Problems) -> ExploreQuery:
    given = Parameters(block, VOCABULARY, problems)
    return ExploreQuery(
        name=block.name,
        label=given.text("label") or label_of(block.name),
        origin=block.origin,
        description=given.text("description"),
        dimensions=given.names("dimensions"),
        measures=given.names("measures"),
        filters=filters_of(block, problems),
        pivots=given.names("pivots"),
        sorts=sorts_of(given),
        limit=given.number("limit"),
        timezone=given.text("timezone"),
    )
