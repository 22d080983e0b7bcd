{# Whether the rows of a system (crm, support, engineering, marketing) are read from the tables of such a connector. #}
{% macro is_from(system, connector) %}{{ return(var(system ~ "_connector") == connector) }}{% endmacro %}

{# An e-mail address as models join by it: its pseudonym where there is one, as events have it too. #}
{% macro address(column, pseudonym_column=none) -%}
  coalesce({{ pseudonym_column or column ~ "_pseudonym" }}, {{ column }})
{%- endmacro %}

{# The domain of a web address, or of what is one already, in small letters. #}
{% macro domain_of(address) -%}
  {%- set host = "split_part(replace(replace(lower(trim(" ~ address ~ ")), 'https://', ''), 'http://', ''), '/', 1)" -%}
  nullif(case when {{ host }} like 'www.%' then substring({{ host }}, 5) else {{ host }} end, '')
{%- endmacro %}
