-- Days on which somebody did something that retention can begin with or count as coming back.
select 'visit' as activity, journey_id as entity_id, session_date as activity_date
from {{ ref("fct_session") }}
group by journey_id, session_date

union all

select conversion_type, journey_id, converted_date
from {{ ref("fct_conversion") }}

union all

select 'used', journey_id, activity_date
from {{ ref("int_journey_server_day") }}
where active_users > 0
group by journey_id, activity_date

union all

select 'server_report', server_id, activity_date
from {{ ref("fct_daily_server_activity") }}
where server_id is not null
group by server_id, activity_date
