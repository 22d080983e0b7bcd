{# A name as a person would read it: no emoji or other symbols, no white space around it or twice within. #}
{% macro clean_name(name) %}{{ return(adapter.dispatch("clean_name", "company")(name)) }}{% endmacro %}
{% macro default__clean_name(name) -%}
  nullif(trim(regexp_replace(regexp_replace({{ name }}, '[\p{So}\p{Sk}\p{Cc}\p{Cf}\x{FE00}-\x{FE0F}]', ' ', 'g'), '\s+', ' ', 'g')), '')
{%- endmacro %}
{# Snowflake's patterns know no classes of Unicode: arrows to stars, pictures, and what is not to be seen. #}
{% macro snowflake__clean_name(name) -%}
  nullif(trim(regexp_replace(regexp_replace({{ name }}, '[\u2190-\u2BFF🀀-🫿\uFE00-\uFE0F\u200B-\u200F]', ' '), '\\s+', ' ')), '')
{%- endmacro %}

{# Whether text is one of a list of words of a var, in any case and with white space around it; of an empty list nothing is. #}
{% macro is_one_of(text, name) -%}
  coalesce(lower(trim({{ text }})) in (
    {%- for word in var(name) %}'{{ word | lower | replace("'", "''") }}'{{ ", " if not loop.last }}{% else %}null{% endfor -%}
  ), false)
{%- endmacro %}

{# Whether a date can be: not before the company could have had it, not after `latest`. #}
{% macro is_possible_date(day, latest) -%}
  coalesce({{ day }} >= cast('{{ var("revenue_earliest_date") }}' as date) and {{ day }} <= {{ latest }}, false)
{%- endmacro %}

{# The day up to which the company's systems have told, as a subquery with the column `as_of_date`. #}
{% macro revenue_as_of() %}(select as_of_date from {{ ref("int_revenue_as_of") }}){% endmacro %}
