{# The first day of a date's fiscal year, or fiscal quarter: months are moved so that the fiscal year begins in January. #}
{% macro first_of_fiscal(part, day) -%}
  {%- set offset = var("revenue_fiscal_month_offset") | int -%}
  {{ company.add_months(company.first_of(part, company.add_months(company.first_of("month", day), -offset)), offset) }}
{%- endmacro %}

{# How many 29ths of February lie between the beginning of the calendar and a date, that day included. #}
{% macro leap_days_until(day) -%}
  {%- set year = "(extract(year from " ~ day ~ ") - case when extract(month from " ~ day ~ ") > 2 or (extract(month from " ~ day ~ ") = 2 and extract(day from " ~ day ~ ") = 29) then 0 else 1 end)" -%}
  (floor({{ year }} / 4) - floor({{ year }} / 100) + floor({{ year }} / 400))
{%- endmacro %}

{# How many 29ths of February a term crosses, its first and last day included. #}
{% macro leap_days_crossed(first_day, last_day) -%}
  cast({{ company.leap_days_until(last_day) }} - {{ company.leap_days_until(company.add_days(first_day, -1)) }} as {{ dbt.type_bigint() }})
{%- endmacro %}
