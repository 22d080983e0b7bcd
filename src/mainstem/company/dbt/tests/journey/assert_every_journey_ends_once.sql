-- Of a flow, as many journeys end as there are: those of the paths, and those with stages, but for one that is
-- known at the last stage alone. Returns flows where they differ.
with ended as (
    select flow, sum(journeys) as journeys
    from {{ ref("fct_path_edge") }}
    where is_exit
    group by flow
),

expected as (
    select 'channels to ' || goal as flow, count(*) as journeys
    from {{ ref("fct_path") }}
    group by goal

    union all

    select 'stages', count(*)
    from {{ ref("fct_journey_stage") }}
    where is_furthest
        and (outcome <> 'arrived' or journey_id in (
            select journey_id from {{ ref("fct_journey_stage") }} where not is_furthest
        ))
    having count(*) > 0
)

select expected.flow, expected.journeys as journeys, ended.journeys as journeys_ended
from expected
left join ended on ended.flow = expected.flow
where coalesce(ended.journeys, 0) <> expected.journeys
