-- What became of those who entered a stage in a month: went on (and where to), still in flight, dropped off.
select
    {{ dbt.hash("stage || ':' || outcome || ':' || coalesce(next_stage, '') || ':' || first_channel || ':' || cast(" ~ dbt.date_trunc("month", "entered_date") ~ " as " ~ dbt.type_string() ~ ")") }} as dropoff_id,
    stage,
    stage_order,
    cast({{ dbt.date_trunc("month", "entered_date") }} as date) as entered_month,
    first_channel,
    outcome,
    next_stage,
    cast(count(*) as {{ dbt.type_bigint() }}) as journeys,
    cast(count(days_to_next) as {{ dbt.type_bigint() }}) as journeys_timed,
    sum(days_to_next) as days_to_next_total
from {{ ref("fct_journey_stage") }}
group by stage, stage_order, {{ dbt.date_trunc("month", "entered_date") }}, first_channel, outcome, next_stage
