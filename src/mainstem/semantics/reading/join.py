"""`join: name { … }` inside an explore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import Join, JoinType, Relationship
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "join",
    read=words(
        "from view_name type relationship sql_on sql sql_where sql_table_name foreign_key sql_foreign_key "
        "required_joins fields view_label required_access_grants outer_only"
    ),
    without_effect=words("label description group_label"),
)


def read_join(block: Block, base: str, keys: dict[str, str], problems: Problems) -> Join | LeftOut:
    """Looker's defaults: left_outer, many_to_one. `base` is the alias of the explore's base view, `keys` the
    primary key of each view that has one."""
    given = Parameters(block, VOCABULARY, problems)
    view = given.text("from") or given.text("view_name") or block.name
    kind = given.choice("type", JoinType, JoinType.LEFT_OUTER)
    if given.yesno("outer_only"):
        given.warn(
            "outer_only", f"outer_only of join {block.name} has no effect; rows are joined as type says"
        )
    implied = Relationship.MANY_TO_MANY if kind is JoinType.CROSS else Relationship.MANY_TO_ONE
    relationship = given.choice("relationship", Relationship, implied)
    raw = (given.sql("sql") or "") if given.has("sql") else None
    condition = given.sql("sql_on")
    if condition is None and raw is None:
        condition = _by_foreign_key(given, view, base, keys)
    if kind is JoinType.CROSS and condition is not None:
        given.warn("sql_on", f"join {block.name} is a cross join, so its sql_on has no effect")
        condition = None
    elif kind is not JoinType.CROSS and condition is None and raw is None and given.reason is None:
        message = "has no condition, so only its fields that need no table of its own work; give it sql_on"
        given.warn("", f"join {block.name} {message}")
        raw = ""
    if given.reason is not None or kind is None or relationship is None:
        return LeftOut(block.name, given.reason or "")
    return Join(
        name=block.name,
        view=view,
        type=kind,
        relationship=relationship,
        origin=block.origin,
        sql_on=condition,
        sql=raw,
        sql_where=given.sql("sql_where"),
        sql_table_name=given.sql("sql_table_name"),
        required_joins=given.names("required_joins"),
        fields=given.names("fields") if given.has("fields") else None,
        view_label=given.text("view_label"),
        required_access_grants=given.names("required_access_grants"),
    )


def _by_foreign_key(given: Parameters, view: str, base: str, keys: dict[str, str]) -> str | None:
    """The condition `foreign_key` stands for: that field equals the joined view's primary key."""
    key = "foreign_key" if given.has("foreign_key") else "sql_foreign_key"
    written = (given.text(key) or "").strip()
    if not written:
        return None
    if view not in keys:
        message = f"join {given.block.name} has a {key}, but view {view} has no primary key it could equal"
        given.reject(key, message)
        return None
    if key == "foreign_key":
        written = f"${{{written if '.' in written else f'{base}.{written}'}}}"
    return f"{written} = ${{{given.block.name}.{keys[view]}}}"
