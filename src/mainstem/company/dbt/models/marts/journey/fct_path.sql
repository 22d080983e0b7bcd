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
    max(value_cents) as value_cents
from {{ ref("int_path_step") }}
group by goal, journey_id, conversion_id, outcome
