-- Missing is not zero: a number stands only where the server could tell and did tell of itself.
select metric, server_id, activity_date, state, value
from {{ ref("fct_metric_server_day") }}
where (state <> 'capable_reporting' and (observed is not null or value is not null or users is not null))
    or (state = 'capable_reporting' and (observed is null or value is null))
