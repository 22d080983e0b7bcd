-- What comes into a place goes on or ends there. Returns places, by flow and month, where something gets lost.
with flows_in as (
    select flow, started_month, target as place, sum(journeys) as journeys
    from {{ ref("fct_path_edge") }}
    where not is_exit
    group by flow, started_month, target
),

flows_out as (
    select flow, started_month, source as place, sum(journeys) as journeys, min(step) as step
    from {{ ref("fct_path_edge") }}
    group by flow, started_month, source
),

begun as (
    select flow, started_month, source as place, sum(journeys) as journeys
    from {{ ref("fct_path_edge") }}
    where step = 1
    group by flow, started_month, source
)

select
    coalesce(flows_in.flow, flows_out.flow) as flow,
    coalesce(flows_in.place, flows_out.place) as place,
    coalesce(flows_in.journeys, 0) + coalesce(begun.journeys, 0) as journeys_in,
    coalesce(flows_out.journeys, 0) as journeys_out
from flows_in
full outer join flows_out
    on flows_out.flow = flows_in.flow
    and flows_out.started_month = flows_in.started_month
    and flows_out.place = flows_in.place
left join begun
    on begun.flow = flows_out.flow
    and begun.started_month = flows_out.started_month
    and begun.place = flows_out.place
where coalesce(flows_in.journeys, 0) + coalesce(begun.journeys, 0) <> coalesce(flows_out.journeys, 0)
