{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key=["activity", "entity_id", "activity_date"],
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys('entity_id') }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
-- Days on which somebody did something that retention can begin with or count as coming back. Days of servers only
-- ever come in addition.
select
    'visit' as activity, journey_id as entity_id, session_date as activity_date,
    {{ company.built_now() }} as built_at
from {{ company.of_touched_journeys(ref("fct_session"), mark) }} as sessions
group by journey_id, session_date

union all

select conversion_type, journey_id, converted_date, {{ company.built_now() }}
from {{ company.of_touched_journeys(ref("fct_conversion"), mark) }} as conversions

union all

select 'used', journey_id, activity_date, {{ company.built_now() }}
from {{ company.of_touched_journeys(ref("int_journey_server_day"), mark) }} as days
where active_users > 0
group by journey_id, activity_date

union all

select 'server_report', server_id, activity_date, {{ company.built_now() }}
from {{ ref("fct_server_day") }}
where server_id is not null
    and reports > 0
    {%- if mark %}
    and built_at > {{ mark }}
    {%- endif %}
group by server_id, activity_date
