{# The first moment of a day in UTC. #}
{% macro utc_midnight(day) %}{{ return(adapter.dispatch("utc_midnight", "company")(day)) }}{% endmacro %}
{% macro default__utc_midnight(day) %}(cast({{ day }} as timestamp) at time zone 'UTC'){% endmacro %}
{% macro snowflake__utc_midnight(day) %}to_timestamp_tz(to_varchar({{ day }}, 'YYYY-MM-DD') || ' 00:00:00 +00:00'){% endmacro %}

{# How many days lie between two moments, with fractions. #}
{% macro days_between(earlier, later) -%}
  ({{ dbt.datediff(earlier, later, "second") }} / 86400.0)
{%- endmacro %}
