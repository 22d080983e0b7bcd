{# The moment at which a wall clock of a time zone shows a time; the zone by its IANA name. #}
{% macro moment_in_zone(local_time, zone) %}{{ return(adapter.dispatch("moment_in_zone", "company")(local_time, zone)) }}{% endmacro %}
{% macro default__moment_in_zone(local_time, zone) %}timezone({{ zone }}, {{ local_time }}){% endmacro %}
{% macro snowflake__moment_in_zone(local_time, zone) -%}
  to_timestamp_tz(to_varchar(convert_timezone({{ zone }}, 'UTC', {{ local_time }}), 'YYYY-MM-DD HH24:MI:SS') || ' +00:00')
{%- endmacro %}

{# A value of an object that is written as JSON, as text. #}
{% macro json_text(json, name) %}{{ return(adapter.dispatch("json_text", "company")(json, name)) }}{% endmacro %}
{% macro default__json_text(json, name) %}json_extract_string({{ json }}, '$.{{ name }}'){% endmacro %}
{% macro snowflake__json_text(json, name) %}cast(get_path(try_parse_json({{ json }}), '{{ name }}') as varchar){% endmacro %}

{# Seconds that an office had been open at a moment, which lies in a row of int_support_hours. #}
{% macro open_seconds(hours, moment) -%}
  ({{ hours }}.seconds_before + greatest(0, {{ dbt.datediff(hours ~ ".opens_at", "least(" ~ moment ~ ", " ~ hours ~ ".closes_at)", "second") }}))
{%- endmacro %}

{# Seconds as minutes, with a fraction. #}
{% macro minutes(seconds) %}({{ seconds }} / cast(60.0 as double)){% endmacro %}

{# What a ticket is waiting for while it has a status: by Zendesk's words. #}
{% macro support_waits() -%}
  {{ return({
    "requester_wait_time": ["new", "open", "hold"],
    "agent_wait_time": ["pending"],
    "agent_work_time": ["new", "open"],
    "on_hold_time": ["hold"],
  }) }}
{%- endmacro %}
