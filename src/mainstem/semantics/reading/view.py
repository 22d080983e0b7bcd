"""`view: name { … }` with its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import DerivedTable, View
from mainstem.semantics.reading.dimension import read_dimension
from mainstem.semantics.reading.dimension_group import read_dimension_group
from mainstem.semantics.reading.measure import read_measure
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.vocabulary import Vocabulary, words
from mainstem.semantics.syntax import Block

if TYPE_CHECKING:
    from mainstem.semantics.model import Dimension, Measure
    from mainstem.semantics.problems import Problems

VOCABULARY = Vocabulary(
    "a view",
    read=words(
        "sql_table_name derived_table label description dimension dimension_group measure filter parameter"
    ),
    without_effect=words("view_label suggestions tags set drill_fields test fields_hidden_by_default"),
    unsupported=words("extends extension required_access_grants final"),
)
DERIVED_TABLE = Vocabulary(
    "a derived_table",
    read=words("sql"),
    without_effect=words(
        "persist_for datagroup_trigger sql_trigger_value interval_trigger indexes distribution "
        "distribution_style sortkeys sortkey_style partition_keys cluster_keys publish_as_db_view "
        "materialized_view increment_key increment_offset max_cache_age create_process table_compression "
        "table_format"
    ),
    unsupported=words("explore_source sql_create sql_start sql_end"),
)
_LATER_FIELDS = ("filter", "parameter")


def read_view(block: Block, problems: Problems) -> View | None:
    """None when the view cannot be kept; a field that cannot be kept goes to `omitted`."""
    if block.name.startswith("+"):
        problems.warning(block.origin, f"view {block.name} is left out: refinements are not supported yet")
        return None
    given = Parameters(block, VOCABULARY, problems)
    table, derived = given.sql("sql_table_name"), _derived_sql(given)
    if table and derived:
        given.reject("derived_table", f"view {block.name} has both sql_table_name and derived_table")
    dimensions: dict[str, Dimension] = {}
    measures: dict[str, Measure] = {}
    omitted: dict[str, str] = {}
    for name, dimension in _dimensions(given, omitted):
        if _is_new(given, name, dimension, dimensions, measures):
            dimensions[name] = dimension
    for field in given.blocks("measure"):
        measure = read_measure(field, problems)
        if measure is None:
            omitted[field.name] = f"see {field.origin}"
        elif _is_new(given, field.name, measure, dimensions, measures):
            measures[field.name] = measure
    if not given.sound:
        return None
    _check_primary_keys(given, dimensions)
    return View(
        name=block.name,
        label=given.text("label") or label_of(block.name),
        origin=block.origin,
        sql_table_name=None if derived else table or block.name,
        derived_table=DerivedTable(origin=block.origin, sql=derived) if derived else None,
        description=given.text("description"),
        dimensions=dimensions,
        measures=measures,
        omitted=omitted,
    )


def _dimensions(given: Parameters, omitted: dict[str, str]) -> list[tuple[str, Dimension]]:
    found: list[tuple[str, Dimension]] = []
    for node in given.block.nodes:
        if node.key in ("dimension", "dimension_group", *_LATER_FIELDS) and (
            not isinstance(node, Block) or not node.name
        ):
            given.problems.error(
                node.origin, f"{node.key} needs a name and braces: `{node.key}: name {{ … }}`"
            )
        elif not isinstance(node, Block):
            continue
        elif node.key == "dimension":
            dimension = read_dimension(node, given.problems)
            if dimension is None:
                omitted[node.name] = f"see {node.origin}"
            else:
                found.append((node.name, dimension))
        elif node.key == "dimension_group":
            group = read_dimension_group(node, given.problems)
            found += [(dimension.name, dimension) for dimension in group]
            omitted |= {} if group else {node.name: f"see {node.origin}"}
        elif node.key in _LATER_FIELDS:
            reason = f"{node.key} fields are not supported yet"
            given.problems.warning(node.origin, f"{node.key} {node.name} is left out: {reason}")
            omitted[node.name] = f"{reason} ({node.origin})"
    return found


def _is_new(
    given: Parameters,
    name: str,
    field: Dimension | Measure,
    dimensions: dict[str, Dimension],
    measures: dict[str, Measure],
) -> bool:
    other = dimensions.get(name) or measures.get(name)
    if other is not None:
        view = given.block.name
        given.problems.error(
            field.origin, f"{view}.{name} is defined twice; first in line {other.origin.line}"
        )
    return other is None


def _derived_sql(given: Parameters) -> str | None:
    for node in given.all("derived_table"):
        if not isinstance(node, Block):
            given.problems.error(node.origin, "derived_table needs braces: `derived_table: { sql: … ;; }`")
            continue
        inner = Parameters(node, DERIVED_TABLE, given.problems)
        sql = inner.sql("sql")
        if sql is None and inner.sound:
            inner.reject("sql", f"the derived_table of view {given.block.name} has no sql")
        if not inner.sound:
            given.sound = False
        return sql
    return None


def _check_primary_keys(given: Parameters, dimensions: dict[str, Dimension]) -> None:
    keys = [dimension for dimension in dimensions.values() if dimension.primary_key]
    for key in keys[1:]:
        given.problems.error(
            key.origin,
            f"view {given.block.name} has two primary keys, {keys[0].name} and {key.name}; "
            "make one dimension of both",
        )
