"""A LookML project to measure with: one that stands in a folder already, or one of 250 files made here.

The one made is shaped as companies' are: many views of many fields, models that include all of them, explores
that join. A folder is named by the variable MAINSTEM_LOOKML.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "MAINSTEM_LOOKML"
_VIEWS = 240
_MODELS = 10
_FIELDS = 15
"""Of each kind in a view."""


def project_in(scratch: Path) -> Path:
    """A copy of the project, so that a file of it can be changed."""
    target = scratch / "lookml"
    named = os.environ.get(VARIABLE)
    if named:
        shutil.copytree(named, target)
    else:
        _write(target)
    return target


def _write(folder: Path) -> None:
    (folder / "views").mkdir(parents=True)
    for number in range(_VIEWS):
        (folder / "views" / f"t{number}.view.lkml").write_text(_view(number), encoding="utf-8")
    for number in range(_MODELS):
        (folder / f"m{number}.model.lkml").write_text(_model(number), encoding="utf-8")


def _view(number: int) -> str:
    fields = "".join(
        f"""
  dimension: text{each} {{
    label: "Text {each}"
    description: "What somebody wrote, of kind {each}."
    type: string
    sql: ${{TABLE}}.text{each} ;;
  }}
  dimension: longer{each} {{
    type: number
    sql: LENGTH(${{text{each}}}) + ${{id}} ;;
    value_format_name: decimal_0
  }}
  measure: total{each} {{
    type: sum
    sql: ${{longer{each}}} ;;
    filters: [text{each}: "-EMPTY"]
    drill_fields: [id, text{each}]
  }}
"""
        for each in range(_FIELDS)
    )
    return f"""view: t{number} {{
  sql_table_name: warehouse.t{number} ;;
  dimension: id {{ primary_key: yes type: number sql: ${{TABLE}}.id ;; }}
  dimension: parent_id {{ type: number hidden: yes sql: ${{TABLE}}.parent_id ;; }}
  dimension_group: created {{
    type: time
    timeframes: [raw, time, date, week, month, quarter, year]
    sql: ${{TABLE}}.created_at ;;
  }}
  parameter: unit {{ type: unquoted default_value: "day" allowed_value: {{ value: "day" }} }}
  dimension: by_unit {{ sql: DATE_TRUNC('{{% parameter unit %}}', ${{created_raw}}) ;; }}
  measure: count {{ type: count }}
{fields}}}
"""


def _model(number: int) -> str:
    explores = "".join(
        f"""
explore: e{view} {{
  from: t{view}
  join: parent {{
    from: t{(view + 1) % _VIEWS}
    sql_on: ${{e{view}.parent_id}} = ${{parent.id}} ;;
    relationship: many_to_one
  }}
  join: children {{
    from: t{(view + 2) % _VIEWS}
    sql_on: ${{children.parent_id}} = ${{e{view}.id}} ;;
    relationship: one_to_many
  }}
}}
"""
        for view in range(number, _VIEWS, _MODELS * 2)
    )
    return f'connection: "warehouse"\ninclude: "/views/*.view"\n{explores}'
