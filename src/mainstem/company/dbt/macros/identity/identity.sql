{# What the identity graphs have in common: how nodes, persons and installations are named, and how text is compared. #}

{# A node of a graph: the type of an id and the id. #}
{% macro node(id_type, value) -%}
  ('{{ id_type }}:' || {{ value }})
{%- endmacro %}

{# The type in a node's name. #}
{% macro node_type(node) -%}
  {{ dbt.split_part(node, "':'", 1) }}
{%- endmacro %}

{# The id in a node's name; it may hold colons itself. #}
{% macro node_value(node) -%}
  substring({{ node }}, length({{ company.node_type(node) }}) + 2)
{%- endmacro %}

{# The person whose oldest id is this node. No e-mail is ever the node, so the id cannot be guessed from one. #}
{% macro person_of(node) -%}
  ('per_' || md5({{ node }}))
{%- endmacro %}

{% macro installation_of(node) -%}
  ('ins_' || md5({{ node }}))
{%- endmacro %}

{# The part of an e-mail after the @. #}
{% macro mail_domain(email) -%}
  {{ dbt.split_part(email, "'@'", 2) }}
{%- endmacro %}

{# A domain as companies are compared by: lower case, without www. #}
{% macro plain_domain(domain) -%}
  nullif(case when lower(trim({{ domain }})) like 'www.%' then substring(lower(trim({{ domain }})), 5)
    else lower(trim({{ domain }})) end, '')
{%- endmacro %}

{# A name with its letters and digits only, in lower case: white space, emoji and punctuation make no other company. #}
{% macro plain_name(name) %}{{ return(adapter.dispatch("plain_name", "company")(name)) }}{% endmacro %}
{% macro default__plain_name(name) -%}
  nullif(regexp_replace(lower({{ name }}), '[^\p{L}\p{N}]', '', 'g'), '')
{%- endmacro %}
{% macro snowflake__plain_name(name) -%}
  nullif(regexp_replace(lower({{ name }}), '[^[:alnum:]]', ''), '')
{%- endmacro %}

{# Texts as the values of an IN list; NULL, which nothing equals, when there are none. #}
{% macro in_list(texts) -%}
  ({% for text in texts %}'{{ text | lower | replace("'", "''") }}'{{ ", " if not loop.last }}{% else %}null{% endfor %})
{%- endmacro %}

{# When nothing is known to have begun or ended before, or after: bounds that every comparison understands. #}
{% macro always_before() -%}
  cast('1900-01-01 00:00:00+00:00' as {{ company.type_moment() }})
{%- endmacro %}
{% macro always_after() -%}
  cast('9999-12-31 00:00:00+00:00' as {{ company.type_moment() }})
{%- endmacro %}

{#
  Rows of the event models that are newer than this model, with a day of overlap: a load may become visible in
  one event table before this model reads it and in another after. Models that use it give the same when a row
  comes twice.

  tables: mapping of model name to its column of time; columns: what else to read, text.
#}
{% macro newly_loaded(tables, columns) -%}
  {%- set mark = company.watermark() -%}
  {%- for model, moment in tables.items() %}
    select {{ columns | join(", ") }}, {{ moment }} as seen_at, loaded_at from {{ ref(model) }}
    {%- if mark %}
    where loaded_at > {{ company.days_before(mark, 1) }}
    {%- endif %}
    {{- " union all" if not loop.last }}
  {%- endfor %}
{%- endmacro %}
