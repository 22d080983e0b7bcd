{#
  A release number as one integer that sorts as releases do: major × 1,000,000 + minor × 1,000 + patch.
  As text 10.2.0 comes before 9.11.0. A missing patch counts as 0; what is not two or three numbers
  (a development build, a typing mistake) gives NULL and so joins no series of releases.
#}
{% macro version_sort(version) -%}
  case
    when {{ dbt.split_part(version, "'.'", 4) }} <> '' then null
    else {{ company.whole_number(dbt.split_part(version, "'.'", 1)) }} * 1000000
      + {{ company.whole_number(dbt.split_part(version, "'.'", 2)) }} * 1000
      + {{ company.whole_number("coalesce(nullif(" ~ dbt.split_part(version, "'.'", 3) ~ ", ''), '0')") }}
  end
{%- endmacro %}

{# Text as a whole number, NULL where it is none. DuckDB and Snowflake call that try_cast; dbt's safe_cast is a plain cast on DuckDB. #}
{% macro whole_number(text) -%}
  try_cast({{ text }} as {{ dbt.type_bigint() }})
{%- endmacro %}
