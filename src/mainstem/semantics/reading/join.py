"""`join: name { … }` inside an explore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import Join, JoinType, Relationship
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "a join",
    read=words("from type relationship sql_on view_label"),
    without_effect=words("fields"),
    unsupported=words(
        "sql sql_where foreign_key outer_only required_joins required_access_grants sql_foreign_key "
        "sql_table_name view_name"
    ),
)


def read_join(block: Block, problems: Problems) -> Join | None:
    """None when it cannot be kept. Looker's defaults: left_outer, many_to_one."""
    given = Parameters(block, VOCABULARY, problems)
    kind = given.choice("type", JoinType, JoinType.LEFT_OUTER)
    implied = Relationship.MANY_TO_MANY if kind is JoinType.CROSS else Relationship.MANY_TO_ONE
    relationship = given.choice("relationship", Relationship, implied)
    sql_on = given.sql("sql_on")
    if kind is JoinType.CROSS and sql_on is not None:
        given.reject("sql_on", f"join {block.name} is a cross join, which takes no sql_on")
    elif kind not in (None, JoinType.CROSS) and sql_on is None and given.sound:
        given.reject("sql_on", f"join {block.name} has no sql_on")
    if not given.sound or kind is None or relationship is None:
        return None
    return Join(
        name=block.name,
        view=given.text("from") or block.name,
        type=kind,
        relationship=relationship,
        origin=block.origin,
        sql_on=sql_on,
        view_label=given.text("view_label"),
    )
