{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="journey_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys() }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
{%- set most = var("journey_path_steps") | int %}
{%- set stages = var("journey_stages") %}
{%- set steps = company.of_touched_journeys(ref("int_path_step"), mark, "is_open") %}
{%- set entered = company.of_touched_journeys(ref("fct_journey_stage"), mark, "is_open") %}
-- From which place to which each journey went: channels on the way to a goal, or stages.
with channel_steps as (
    select
        'channels to ' || goal as flow,
        journey_id,
        step,
        cast(step as {{ dbt.type_string() }}) || '. ' || channel as place,
        touched_at,
        false as is_open
    from {{ steps }} as steps
    where step <= {{ most }}

    union all

    select 'channels to ' || goal, journey_id, step, '{{ most + 1 }}. more touches', touched_at, false
    from {{ steps }} as steps
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
        max(touched_at),
        outcome = 'in flight'
    from {{ steps }} as steps
    group by goal, journey_id, outcome
),

stage_steps as (
    select 'stages' as flow, journey_id, stage_order as step, stage as place, entered_at as touched_at,
        false as is_open
    from {{ entered }} as entered

    union all

    select
        'stages',
        journey_id,
        {{ stages | length + 1 }},
        outcome || ' after ' || stage,
        entered_at,
        outcome = 'in flight'
    from {{ entered }} as entered
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
        lead(is_open) over (partition by flow, journey_id order by step) as is_open,
        min(touched_at) over (partition by flow, journey_id) as started_at
    from every
)

select
    flow,
    journey_id,
    step,
    source,
    target,
    target_step >= case when flow = 'stages' then {{ stages | length }} else {{ most + 2 }} end as is_exit,
    is_open,
    cast({{ dbt.date_trunc("month", company.utc_date("started_at")) }} as date) as started_month,
    {{ company.built_now() }} as built_at
from edges
where target is not null
