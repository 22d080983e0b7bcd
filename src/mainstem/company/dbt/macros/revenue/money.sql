{# US dollars with a fraction as whole cents. #}
{% macro cents(dollars) %}cast(round(({{ dollars }}) * 100) as {{ dbt.type_bigint() }}){% endmacro %}

{#
  numerator / denominator (more than 0) as a whole number, halves to the even neighbour: accountants' rounding.
  In whole numbers throughout, so that no cent depends on how a machine holds fractions.
#}
{% macro divided_evenly(numerator, denominator) -%}
  {%- set doubled = "(2 * abs(" ~ numerator ~ ") + (" ~ denominator ~ "))" -%}
  {%- set step = "(2 * (" ~ denominator ~ "))" -%}
  {%- set rest = "mod(" ~ doubled ~ ", " ~ step ~ ")" -%}
  {%- set halves_up = "cast((" ~ doubled ~ " - " ~ rest ~ ") / " ~ step ~ " as " ~ dbt.type_bigint() ~ ")" -%}
  cast(
    case when {{ numerator }} < 0 then -1 else 1 end
    * ({{ halves_up }} - case when {{ rest }} = 0 then mod({{ halves_up }}, 2) else 0 end)
  as {{ dbt.type_bigint() }})
{%- endmacro %}

{#
  Annual recurring revenue of a term: 365 × total / (days + 1 − leap days crossed), `days` from the first day to
  the last. So a year costs the same whether a 29th of February lies in it or not. In cents.
#}
{% macro annual_cents(total_cents, first_day, last_day) -%}
  {{ company.divided_evenly(
    "(365 * (" ~ total_cents ~ "))",
    "(" ~ dbt.datediff(first_day, last_day, "day") ~ " + 1 - " ~ company.leap_days_crossed(first_day, last_day) ~ ")"
  ) }}
{%- endmacro %}

{# A sum of whole numbers as one: DuckDB would make it a wider type that the lake cannot hold. 0 over no rows. #}
{% macro total(expression) %}cast(coalesce(sum({{ expression }}), 0) as {{ dbt.type_bigint() }}){% endmacro %}

{# A share or ratio, NULL where there is nothing to divide by. #}
{% macro ratio(part, whole) %}(cast({{ part }} as double) / nullif({{ whole }}, 0)){% endmacro %}
