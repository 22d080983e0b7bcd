{#
  How many distinct messages a raw table held when this run of dbt began, as a subquery with one column `n`.

  Rows go on being loaded while dbt runs, so what a model counted lies between this and what the table holds
  when a test looks. Where the worker does not say how the lake was at the start, it is the present number.
#}
{% macro messages_loaded_at_start(relation) %}
  {%- set version = env_var("MAINSTEM_LAKE_SNAPSHOT", "") -%}
  {%- set found = adapter.get_relation(relation.database, relation.schema, relation.identifier) if execute else none -%}
  {%- if found is none -%}
(select 0 as n)
  {%- else -%}
(select count(distinct {{ adapter.quote("id") }}) as n from {{ relation }}{{ " at (version => " ~ version ~ ")" if version }})
  {%- endif -%}
{% endmacro %}
