{# The type of a moment in time: an instant, not a wall clock. #}
{% macro type_moment() %}{{ return(adapter.dispatch("type_moment", "company")()) }}{% endmacro %}
{% macro default__type_moment() %}timestamp with time zone{% endmacro %}
{% macro snowflake__type_moment() %}timestamp_tz{% endmacro %}

{# The calendar day of a moment in UTC, wherever the session or the sender sits. #}
{% macro utc_date(moment) %}{{ return(adapter.dispatch("utc_date", "company")(moment)) }}{% endmacro %}
{% macro default__utc_date(moment) %}cast(({{ moment }}) at time zone 'UTC' as date){% endmacro %}
{% macro snowflake__utc_date(moment) %}cast(convert_timezone('UTC', {{ moment }}) as date){% endmacro %}

{#
  When an event happened. A clock that runs ahead dates events into the future; nothing happens after it was
  received, so the moment of receipt bounds it. Events without a time of their own take it too.
#}
{% macro occurred_at(moment, received) -%}
  least(coalesce({{ moment }}, {{ received }}), {{ received }})
{%- endmacro %}
