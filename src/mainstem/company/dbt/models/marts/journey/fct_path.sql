{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="journey_id",
    on_schema_change="fail",
    pre_hook="{{ company.forget_touched_journeys() }}",
) }}
-- depends_on: {{ ref("int_journey_entity") }}
{%- set mark = company.watermark("built_at") %}
-- Somebody's way to a goal in one line; those who never got there are kept.
select
    goal || ':' || journey_id as path_id,
    goal,
    journey_id,
    conversion_id,
    outcome,
    {{ dbt.listagg("channel", "' > '", "order by step") }} as channel_path,
    max(case when step = 1 then channel end) as first_channel,
    cast(count(*) as {{ dbt.type_bigint() }}) as steps,
    cast(count(distinct channel) as {{ dbt.type_bigint() }}) as distinct_channels,
    min(touched_at) as started_at,
    {{ company.utc_date("min(touched_at)") }} as started_date,
    max(value_cents) as value_cents,
    {{ company.built_now() }} as built_at
from {{ company.of_touched_journeys(ref("int_path_step"), mark, "outcome = 'in flight'") }} as steps
group by goal, journey_id, conversion_id, outcome
