"""`explore: name { … }` with its joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Explore
from mainstem.semantics.reading.join import read_join
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.model import Join
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "an explore",
    read=words("from view_name label description group_label view_label hidden join sql_always_where"),
    without_effect=words(
        "fields persist_for persist_with query tags aggregate_table cancel_grouping_fields suggest_explore"
    ),
    unsupported=words(
        "access_filter always_filter always_join case_sensitive conditionally_filter extends extension "
        "required_access_grants sql_always_having sql_table_name symmetric_aggregates final "
        "sql_preamble"
    ),
)


def read_explore(block: Block, problems: Problems) -> Explore | None:
    """None when it cannot be kept, which is also so when one of its joins cannot."""
    if block.name.startswith("+"):
        problems.warning(block.origin, f"explore {block.name} is left out: refinements are not supported yet")
        return None
    given = Parameters(block, VOCABULARY, problems)
    alias = given.text("view_name") or block.name
    joins: dict[str, Join] = {}
    for inner in given.blocks("join"):
        join = read_join(inner, problems)
        if join is None:
            message = f"explore {block.name} is left out: its join {inner.name} cannot be kept"
            problems.warning(block.origin, message)
            given.sound = False
        elif inner.name in joins or inner.name == alias:
            given.problems.error(
                inner.origin, f"explore {block.name} joins {inner.name} twice; give one a `from`"
            )
        else:
            joins[inner.name] = join
    where = given.sql("sql_always_where")
    if not given.sound:
        return None
    return Explore(
        name=block.name,
        label=given.text("label") or label_of(block.name),
        alias=alias,
        view=given.text("from") or alias,
        origin=block.origin,
        description=given.text("description"),
        group_label=given.text("group_label"),
        view_label=given.text("view_label"),
        hidden=given.yesno("hidden"),
        joins=joins,
        sql_always_where=where,
    )
