"""`derived_table: { … }`: a table by SQL, or by a query of an explore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.model import DerivedTable, Persistence
from mainstem.semantics.reading.explore_source import read_explore_source
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words
from mainstem.semantics.syntax import Block

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems

_PERSISTENCE = words("datagroup_trigger sql_trigger_value persist_for increment_key")
VOCABULARY = Vocabulary(
    "derived_table",
    read=_PERSISTENCE | words("sql explore_source sql_create"),
    without_effect=words(
        "interval_trigger indexes distribution distribution_style sortkeys sortkey_style partition_keys "
        "cluster_keys publish_as_db_view materialized_view increment_offset max_cache_age create_process "
        "table_compression table_format sql_start sql_end optimizer_statistics sql_trigger"
    ),
)


def read_derived_table(block: Block, view: str, problems: Problems) -> DerivedTable | None:
    """None when it names nothing to read: an error, or where a script makes the table a warning."""
    given = Parameters(block, VOCABULARY, problems)
    sql = given.sql("sql")
    sources = [node for node in given.all("explore_source") if isinstance(node, Block)]
    source = read_explore_source(sources[-1], problems) if sources else None
    if sql is None and source is None:
        if given.has("sql_create") or given.has("create_process"):
            message = f"the derived_table of view {view} is made by a script, which nothing here runs"
            problems.warning(block.origin, f"{message}; a table named {view} is read")
        else:
            message = f"the derived_table of view {view} has neither sql nor explore_source"
            problems.error(block.origin, message)
        return None
    if sql is not None and source is not None:
        problems.error(source.origin, f"the derived_table of view {view} has both sql and explore_source")
        source = None
    kept = {key: text for key in _PERSISTENCE if (text := given.text(key)) is not None}
    return DerivedTable(
        origin=block.origin,
        sql=sql,
        explore_source=source,
        persistence=Persistence(**kept) if kept else None,
    )
