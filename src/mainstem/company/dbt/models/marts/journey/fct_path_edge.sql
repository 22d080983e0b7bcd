-- How many went from one place to the next: channels on the way to a goal, or stages of the journey. What
-- comes into a place goes on or ends there: nothing gets lost in between.
select
    {{ dbt.hash("flow || ':' || cast(step as " ~ dbt.type_string() ~ ") || ':' || source || ':' || target || ':' || cast(started_month as " ~ dbt.type_string() ~ ")") }} as path_edge_id,
    flow,
    started_month,
    step,
    source,
    target,
    is_exit,
    cast(count(*) as {{ dbt.type_bigint() }}) as journeys
from {{ ref("int_path_edge") }}
group by flow, started_month, step, source, target, is_exit
