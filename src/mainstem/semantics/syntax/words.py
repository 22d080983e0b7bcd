"""The two kinds of parameter the text itself must know: those that end with `;;`, and those that repeat."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EXPRESSIONS = _words(
    "expression expression_custom_filter html sql sql_always_having sql_always_where sql_create "
    "sql_distinct_key sql_end sql_foreign_key sql_latitude sql_longitude sql_on sql_preamble sql_start "
    "sql_step sql_table_name sql_trigger sql_trigger_value sql_where"
)
"""Parameters whose value runs to `;;`."""

REPEATED = _words(
    "access_filter access_grant action aggregate_table allowed_value assert bind_filters column constant "
    "datagroup derived_column dev_filters dimension dimension_group explore extends filter filters "
    "form_param include join link local_dependency map_layer measure measure_group named_value_format option "
    "override_constant param parameter query remote_dependency set sort sql_step test user_attribute_param "
    "view visualization when"
)
"""Parameters that may stand several times in one block."""
