{#
  Who sent a website's event: the browser, or the logged-in user where an event came without an anonymous id.
  NULL for people who refused: the gateway gives all of them one anonymous id (var `anonymised_id`), and as one
  visitor they would have every channel, every page and sessions without end.
#}
{% macro visitor_id(anonymous_id, user_id) -%}
  coalesce(nullif({{ anonymous_id }}, '{{ var("anonymised_id") }}'), {{ user_id }})
{%- endmacro %}
