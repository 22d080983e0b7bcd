select
    id as ticket_id,
    lower(trim(requester_email)) as requester_email,
    account_id,
    status,
    sla_policy,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_support__tickets") }}
