select
    id as holiday_id,
    schedule_id,
    name as holiday_name,
    start_date as first_day,
    end_date as last_day,
    coalesce(_fivetran_deleted, false) as is_deleted
from {{ ref("base_zendesk__schedule_holiday") }}
