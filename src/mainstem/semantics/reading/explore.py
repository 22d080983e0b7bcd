"""`explore: name { … }` with its joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Explore
from mainstem.semantics.reading.explore_query import read_query
from mainstem.semantics.reading.guards import access_filters, always_filter, conditionally_filter
from mainstem.semantics.reading.join import read_join
from mainstem.semantics.reading.left_out import LeftOut
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.model import Join
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

VOCABULARY = Vocabulary(
    "explore",
    read=words(
        "from view_name label description group_label view_label hidden tags fields join always_join "
        "always_filter conditionally_filter access_filter access_filter_fields required_access_grants "
        "sql_always_where sql_always_having sql_table_name sql_preamble case_sensitive query "
        "extends extension final"
    ),
    without_effect=words(
        "aggregate_table auto_run autogenerate_primary_keys cancel_grouping_fields persist_for persist_with "
        "suggest_explore suggestions symmetric_aggregates synonyms view required_filters"
    ),
)


def read_explore(block: Block, keys: dict[str, str], problems: Problems) -> Explore | LeftOut:
    """Left out only where a guard cannot be read. `keys` is the primary key of each view that has one."""
    given = Parameters(block, VOCABULARY, problems)
    alias = given.text("view_name") or block.name
    joins, omitted = _joins(given, alias, keys)
    if given.has("access_filter_fields"):
        message = f"explore {block.name} guards rows by access_filter_fields, which is of old LookML"
        given.reject(
            "access_filter_fields", f"{message}; write access_filter: {{ field: … user_attribute: … }}"
        )
    access = access_filters(given)
    label = given.text("label")
    where, having = given.sql("sql_always_where"), given.sql("sql_always_having")
    if given.reason is not None:
        return LeftOut(block.name, given.reason)
    return Explore(
        name=block.name,
        label=label_of(block.name) if label is None else label,
        alias=alias,
        view=given.text("from") or alias,
        origin=block.origin,
        description=given.text("description"),
        group_label=given.text("group_label"),
        view_label=given.text("view_label"),
        hidden=given.yesno("hidden"),
        tags=given.names("tags"),
        joins=joins,
        fields=given.names("fields") if given.has("fields") else None,
        always_join=given.names("always_join"),
        always_filter=always_filter(given),
        conditionally_filter=conditionally_filter(given),
        access_filters=access,
        required_access_grants=given.names("required_access_grants"),
        sql_always_where=where,
        sql_always_having=having,
        sql_table_name=given.sql("sql_table_name"),
        sql_preamble=given.text("sql_preamble"),
        case_sensitive=given.yesno("case_sensitive") if given.has("case_sensitive") else None,
        queries={one.name: read_query(one, problems) for one in given.blocks("query")},
        omitted=omitted,
    )


def _joins(given: Parameters, alias: str, keys: dict[str, str]) -> tuple[dict[str, Join], dict[str, str]]:
    joins: dict[str, Join] = {}
    omitted: dict[str, str] = {}
    for block in given.blocks("join"):
        join = read_join(block, alias, keys, given.problems)
        if isinstance(join, LeftOut):
            omitted[block.name] = join.reason
        elif join.name in joins or join.name == alias:
            message = f"explore {given.block.name} joins {join.name} twice; give one another name, and `from`"
            given.problems.error(join.origin, message)
        else:
            joins[join.name] = join
    return joins, omitted
