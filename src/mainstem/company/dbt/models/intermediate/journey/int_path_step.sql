{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="journey_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys() }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
{%- set touches_read = company.of_touched_journeys(ref("fct_touch"), mark, "outcome = 'in flight'") %}
-- Everybody's way to each goal of `journey_path_goals`, channel by channel, repeats in a row as one: to the
-- goal where it was reached, else the last stretch as long as the lookback.
with goals as (
    {%- for goal in var("journey_path_goals") %}
    select '{{ goal }}' as goal
    {%- if not loop.last %} union all {% endif %}
    {%- endfor %}
),

ends as (
    select
        goals.goal,
        touched.journey_id,
        conversions.conversion_id,
        conversions.value_cents,
        coalesce(conversions.converted_at, touched.last_touched_at) as ended_at,
        case
            when conversions.conversion_id is not null then 'converted'
            when touched.last_touched_at
                > {{ company.days_before("now.as_of", var("journey_lookback_days")) }} then 'in flight'
            else 'left'
        end as outcome
    from goals
    cross join (
        select journey_id, max(touched_at) as last_touched_at
        from {{ touches_read }} as touches
        group by journey_id
    ) as touched
    cross join {{ ref("int_journey_as_of") }} as now
    left join {{ ref("fct_conversion") }} as conversions
        on conversions.journey_id = touched.journey_id
        and conversions.conversion_type = goals.goal
),

paths as (
    select
        ends.goal,
        ends.journey_id,
        ends.conversion_id,
        ends.value_cents,
        ends.outcome,
        touches.touch_id,
        touches.touched_at,
        touches.channel,
        lag(touches.channel) over (
            partition by ends.goal, ends.journey_id order by touches.touched_at, touches.touch_id
        ) as channel_before
    from ends
    inner join {{ touches_read }} as touches
        on touches.journey_id = ends.journey_id
        and touches.touched_at <= ends.ended_at
        and touches.touched_at > {{ company.days_before("ends.ended_at", var("journey_lookback_days")) }}
)

select
    goal,
    journey_id,
    conversion_id,
    value_cents,
    outcome,
    channel,
    touched_at,
    cast(
        row_number() over (partition by goal, journey_id order by touched_at, touch_id) as {{ dbt.type_bigint() }}
    ) as step,
    {{ company.built_now() }} as built_at
from paths
where channel_before is null
    or channel_before <> channel
