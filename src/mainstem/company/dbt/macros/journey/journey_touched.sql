{#
  Visitors whose rows in the model that is being built may be others than they were: those with newly loaded
  events, and those who turned out to be somebody else. For models that hold `built_at` and begin with
  `mark = company.watermark("built_at")`.
#}
{% macro journey_touched_visitors(mark) -%}
    select visitor_id from {{ ref("int_website_touch") }} where built_at > {{ mark }}
    union
    select visitor_id from {{ ref("int_journey_visitor") }} where built_at > {{ mark }}
{%- endmacro %}

{# Deletes their rows, also where no row takes the place of one. In a hook: part of the model's own transaction. #}
{% macro forget_touched_visitors() -%}
  {%- set mark = company.watermark("built_at") -%}
  {%- if mark -%}
    delete from {{ this }} where visitor_id in (
        {{ company.journey_touched_visitors(mark) }}
    )
  {%- endif -%}
{%- endmacro %}

{#
  Journeys whose rows in the model that is being built may be others than they were: those to which something
  happened, and those that time alone may change, which are its rows where `open` holds. For models that hold
  `built_at` and name the journey in `key`.
#}
{% macro touched_journeys(mark, open=none, key="journey_id") -%}
    select entity_id from {{ ref("int_journey_entity") }} where built_at > {{ mark }}
    {%- if open %}
    union
    select {{ key }} from {{ this }} where {{ open }}
    {%- endif %}
{%- endmacro %}

{# Deletes the rows of those to which something happened; the others keep at least one, which takes its place. #}
{% macro forget_touched_journeys(key="journey_id") -%}
  {%- set mark = company.watermark("built_at") -%}
  {%- if mark -%}
    delete from {{ this }} where {{ key }} in (
        {{ company.touched_journeys(mark) }}
    )
  {%- endif -%}
{%- endmacro %}

{# A table of which an incremental build reads the rows of touched journeys only; the whole table in other builds. #}
{% macro of_touched_journeys(relation, mark, open=none) -%}
  {%- if mark -%}
    (
        select * from {{ relation }}
        where journey_id in (
            {{ company.touched_journeys(mark, open) }}
        )
    )
  {%- else -%}
    {{ relation }}
  {%- endif -%}
{%- endmacro %}
