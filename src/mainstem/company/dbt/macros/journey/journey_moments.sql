{# The first moment of a day in UTC. #}
{% macro utc_midnight(day) %}{{ return(adapter.dispatch("utc_midnight", "company")(day)) }}{% endmacro %}
{% macro default__utc_midnight(day) %}(cast({{ day }} as timestamp) at time zone 'UTC'){% endmacro %}
{% macro snowflake__utc_midnight(day) %}to_timestamp_tz(to_varchar({{ day }}, 'YYYY-MM-DD') || ' 00:00:00 +00:00'){% endmacro %}

{# How many days lie between two moments, with fractions. #}
{% macro days_between(earlier, later) -%}
  ({{ dbt.datediff(earlier, later, "second") }} / 86400.0)
{%- endmacro %}

{# A date so many days after another. #}
{% macro date_after(day, days) -%}
  cast({{ dbt.dateadd("day", days, day) }} as date)
{%- endmacro %}

{# How many leap days there have been up to and with a day. #}
{% macro leap_days_until(day) -%}
  {%- set year = "(extract(year from " ~ day ~ ") - case when extract(month from " ~ day ~ ") < 3 and not (extract(month from " ~ day ~ ") = 2 and extract(day from " ~ day ~ ") = 29) then 1 else 0 end)" -%}
  (floor({{ year }} / 4) - floor({{ year }} / 100) + floor({{ year }} / 400))
{%- endmacro %}
