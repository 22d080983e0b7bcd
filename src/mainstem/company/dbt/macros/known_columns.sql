{#
  A SELECT of exactly the given columns from a table of RudderStack's schema, whatever it holds today.

  In that schema a table appears with its first event and a column with its first value, so a model that
  names `user_id` would fail until somebody has logged in. Columns that are not there yet are NULL of their
  type; a table that is not there yet has no rows, and the run says so.

  columns: mapping of column name to SQL type. Columns that exist are cast to it, and a value that does not
  fit fails the build.
#}
{% macro known_columns(relation, columns) %}
  {%- set found = none -%}
  {%- set present = [] -%}
  {%- if execute -%}
    {%- set found = adapter.get_relation(relation.database, relation.schema, relation.identifier) -%}
    {%- if found is none -%}
      {%- do log("no events yet: " ~ relation ~ " does not exist, so it counts as empty", info=true) -%}
    {%- else -%}
      {%- for column in adapter.get_columns_in_relation(found) -%}
        {%- do present.append(column.name | lower) -%}
      {%- endfor -%}
    {%- endif -%}
  {%- endif %}
select
  {%- for name, type in columns.items() %}
    cast({{ adapter.quote(name) if name in present else 'null' }} as {{ type }}) as {{ adapter.quote(name) }}
    {{- "," if not loop.last }}
  {%- endfor %}
{%- if found is none %}
where 1 = 0
{%- else %}
from {{ relation }}
{%- endif %}
{% endmacro %}
