select
    id as schedule_id,
    name as schedule_name,
    time_zone,
    start_time as opens_at_minute,
    end_time as closes_at_minute,
    created_at,
    coalesce(_fivetran_deleted, false) as is_deleted
from {{ ref("base_zendesk__schedule") }}
