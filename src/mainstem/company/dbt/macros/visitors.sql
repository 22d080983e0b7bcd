{#
  Who sent a website's event: the browser, or the logged-in user where an event came without an anonymous id.
  NULL for people who refused: the gateway gives all of them one anonymous id (var `anonymised_id`), and as one
  visitor they would have every channel, every page and sessions without end.
#}
{% macro visitor_id(anonymous_id, user_id) -%}
  coalesce(nullif({{ anonymous_id }}, '{{ var("anonymised_id") }}'), {{ user_id }})
{%- endmacro %}

{# Whether a visitor's id names somebody: not where it is one of the values that name nobody. #}
{% macro is_somebody(visitor_id) -%}
  lower(trim({{ visitor_id }})) not in (
        select id_value from {{ ref("stg_identity__junk_values") }} where id_type = 'anonymous_id'
    )
{%- endmacro %}
