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
-- Cents are given out by largest remainder: everybody gets whole ones, what is left over goes to those whose
-- share was cut most, the earlier touch first. So credits add up to the revenue to the cent.
with weighed as (
    select
        *,
        row_number() over (
            partition by conversion_id
            order by case when channel in ('direct', 'unknown') then 1 else 0 end, position desc
        ) as place_of_non_direct,
        power(2.0, -coalesce(days_before, 0) / {{ var("journey_half_life_days") }}.0) as weight
    from {{ company.of_touched_journeys(ref("int_attribution_touch"), mark) }} as paths
),

shared as (
    select conversion_id, position, 'first' as model, first_touch_id as touch_id, path_length, 1.0 as share
    from weighed where position = 1

    union all

    select conversion_id, position, 'last', last_touch_id, path_length, 1.0
    from weighed where position = path_length or path_length = 0

    union all

    select conversion_id, position, 'last non-direct', last_touch_id, path_length, 1.0
    from weighed where place_of_non_direct = 1

    union all

    select conversion_id, position, 'linear', last_touch_id, path_length,
        1.0 / case when path_length = 0 then 1 else path_length end
    from weighed

    union all

    select conversion_id, position, 'position', last_touch_id, path_length,
        case
            when path_length <= 1 then 1.0
            when path_length = 2 then 0.5
            when position in (1, path_length) then 0.4
            else 0.2 / (path_length - 2)
        end
    from weighed

    union all

    select conversion_id, position, 'time decay', last_touch_id, path_length,
        weight / sum(weight) over (partition by conversion_id)
    from weighed
),

credited as (
    select
        shared.*,
        conversions.value_cents,
        floor(round(shared.share * conversions.value_cents, 6)) as whole_cents,
        round(shared.share * conversions.value_cents, 6)
            - floor(round(shared.share * conversions.value_cents, 6)) as cut_off
    from shared
    inner join {{ conversions_read }} as conversions
        on conversions.conversion_id = shared.conversion_id
),

ranked as (
    select
        *,
        row_number() over (partition by conversion_id, model order by cut_off desc, position) as place,
        value_cents - sum(whole_cents) over (partition by conversion_id, model) as left_over
    from credited
)

select
    {{ dbt.hash("ranked.conversion_id || ':' || ranked.model || ':' || cast(ranked.position as " ~ dbt.type_string() ~ ")") }} as attribution_id,
    ranked.conversion_id,
    conversions.conversion_type,
    conversions.converted_date,
    conversions.journey_id,
    conversions.account_id,
    ranked.model,
    ranked.touch_id,
    touches.person_id,
    touches.touched_at,
    coalesce(touches.channel, 'unknown') as channel,
    touches.campaign_name,
    touches.landing_path,
    ranked.position,
    ranked.path_length,
    cast(ranked.share as double precision) as credit_share,
    cast(
        ranked.whole_cents + case when ranked.place <= ranked.left_over then 1 else 0 end
        as {{ dbt.type_bigint() }}
    ) as credited_arr_cents,
    {{ company.built_now() }} as built_at
from ranked
inner join {{ conversions_read }} as conversions on conversions.conversion_id = ranked.conversion_id
left join {{ company.of_touched_journeys(ref("fct_touch"), mark) }} as touches on touches.touch_id = ranked.touch_id
