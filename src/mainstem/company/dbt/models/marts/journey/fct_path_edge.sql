-- How many went from one place to the next: channels on the way to a goal, or stages of the journey. What
-- comes into a place goes on or ends there: nothing gets lost in between.
{%- set most = var("journey_path_steps") | int %}
{%- set stages = var("journey_stages") %}
with channel_steps as (
    select
        'channels to ' || goal as flow,
        journey_id,
        step,
        cast(step as {{ dbt.type_string() }}) || '. ' || channel as place,
        touched_at
    from {{ ref("int_path_step") }}
    where step <= {{ most }}

    union all

    select 'channels to ' || goal, journey_id, step, '{{ most + 1 }}. more touches', touched_at
    from {{ ref("int_path_step") }}
    where step = {{ most + 1 }}

    union all

    select
        'channels to ' || goal,
        journey_id,
        {{ most + 2 }},
        case outcome
            when 'converted' then goal
            when 'in flight' then 'no ' || goal || ' yet'
            else 'no ' || goal
        end,
        max(touched_at)
    from {{ ref("int_path_step") }}
    group by goal, journey_id, outcome
),

stage_steps as (
    select 'stages' as flow, journey_id, stage_order as step, stage as place, entered_at as touched_at
    from {{ ref("fct_journey_stage") }}

    union all

    select
        'stages',
        journey_id,
        {{ stages | length + 1 }},
        outcome || ' after ' || stage,
        entered_at
    from {{ ref("fct_journey_stage") }}
    where is_furthest
        and outcome <> 'arrived'
),

every as (
    select * from channel_steps
    union all
    select * from stage_steps
),

edges as (
    select
        flow,
        journey_id,
        cast(
            row_number() over (partition by flow, journey_id order by step) as {{ dbt.type_bigint() }}
        ) as step,
        place as source,
        lead(place) over (partition by flow, journey_id order by step) as target,
        lead(step) over (partition by flow, journey_id order by step) as target_step,
        min(touched_at) over (partition by flow, journey_id) as started_at
    from every
)

select
    {{ dbt.hash("flow || ':' || cast(step as " ~ dbt.type_string() ~ ") || ':' || source || ':' || target || ':' || cast(" ~ dbt.date_trunc("month", company.utc_date("started_at")) ~ " as " ~ dbt.type_string() ~ ")") }} as path_edge_id,
    flow,
    cast({{ dbt.date_trunc("month", company.utc_date("started_at")) }} as date) as started_month,
    step,
    source,
    target,
    target_step >= case when flow = 'stages' then {{ stages | length }} else {{ most + 2 }} end as is_exit,
    cast(count(*) as {{ dbt.type_bigint() }}) as journeys
from edges
where target is not null
group by flow, {{ dbt.date_trunc("month", company.utc_date("started_at")) }}, step, source, target, target_step
