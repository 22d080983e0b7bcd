{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="journey_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys() }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
{%- set conversions_read = company.of_touched_journeys(ref("fct_conversion"), mark) %}
-- The path to each conversion: touches within the lookback, those of the same channel and campaign in a row as
-- one. A conversion that no touch is known for keeps a row of its own: its credit is nobody's, not lost.
with paths as (
    select
        conversions.conversion_id,
        conversions.journey_id,
        conversions.converted_at,
        touches.touch_id,
        touches.person_id,
        touches.touched_at,
        touches.channel,
        touches.campaign_name,
        touches.landing_path,
        lag(touches.channel || '|' || coalesce(touches.campaign_name, '')) over (
            partition by conversions.conversion_id order by touches.touched_at, touches.touch_id
        ) as came_before
    from {{ conversions_read }} as conversions
    inner join {{ company.of_touched_journeys(ref("fct_touch"), mark) }} as touches
        on touches.journey_id = conversions.journey_id
        and touches.touched_at <= conversions.converted_at
        and touches.touched_at > {{ company.days_before("conversions.converted_at", var("journey_lookback_days")) }}
),

runs as (
    select
        *,
        sum(
            case when came_before = channel || '|' || coalesce(campaign_name, '') then 0 else 1 end
        ) over (partition by conversion_id order by touched_at, touch_id rows between unbounded preceding and current row) as position
    from paths
),

ordered as (
    select
        *,
        row_number() over (
            partition by conversion_id, position order by touched_at, touch_id
        ) as place,
        row_number() over (
            partition by conversion_id, position order by touched_at desc, touch_id desc
        ) as place_from_end
    from runs
),

collapsed as (
    select
        conversion_id,
        journey_id,
        position,
        max(converted_at) as converted_at,
        max(case when place = 1 then touch_id end) as first_touch_id,
        max(case when place_from_end = 1 then touch_id end) as last_touch_id,
        max(touched_at) as touched_at,
        max(channel) as channel
    from ordered
    group by conversion_id, journey_id, position
)

select
    conversion_id,
    journey_id,
    cast(position as {{ dbt.type_bigint() }}) as position,
    cast(count(*) over (partition by conversion_id) as {{ dbt.type_bigint() }}) as path_length,
    first_touch_id,
    last_touch_id,
    channel,
    {{ company.days_between("touched_at", "converted_at") }} as days_before,
    {{ company.built_now() }} as built_at
from collapsed

union all

select
    conversions.conversion_id, conversions.journey_id, 1, 0, null, null, 'unknown', null,
    {{ company.built_now() }}
from {{ conversions_read }} as conversions
left join collapsed on collapsed.conversion_id = conversions.conversion_id
where collapsed.conversion_id is null
