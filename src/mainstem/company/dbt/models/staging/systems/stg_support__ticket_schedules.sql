select
    ticket_id,
    schedule_id,
    created_at as assigned_at
from {{ ref("base_zendesk__ticket_schedule") }}
where not coalesce(_fivetran_deleted, false)
