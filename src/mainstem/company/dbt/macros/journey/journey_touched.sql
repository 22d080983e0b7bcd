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
  Entities whose rows in the model that is being built may be others than they were: those to which something
  happened, and those who were not matured. For models by `entity_id` that hold `is_matured` and `built_at`.
#}
{% macro journey_touched_entities(mark) -%}
    select entity_id from {{ ref("int_journey_entity") }} where built_at > {{ mark }}
    union
    select entity_id from {{ this }} where not is_matured
{%- endmacro %}

{# Deletes the rows of those to which something happened; the others keep at least one, which takes its place. #}
{% macro forget_touched_entities() -%}
  {%- set mark = company.watermark("built_at") -%}
  {%- if mark -%}
    delete from {{ this }} where entity_id in (
        select entity_id from {{ ref("int_journey_entity") }} where built_at > {{ mark }}
    )
  {%- endif -%}
{%- endmacro %}
