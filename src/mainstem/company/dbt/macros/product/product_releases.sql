{# A release number as `version_sort` packs it, worked out while dbt compiles; NULL for none. #}
{% macro packed_version(version) -%}
  {%- if version -%}
    {%- set parts = (version | string).split(".") -%}
    {{ (parts[0] | int) * 1000000 + (parts[1] | default(0) | int) * 1000 + (parts[2] | default(0) | int) }}
  {%- else -%}
    null
  {%- endif -%}
{%- endmacro %}
