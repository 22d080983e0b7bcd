select
    id as lead_id,
    lower(trim(email)) as email,
    name as lead_name,
    portal_customer_id,
    status,
    email_bounced_at,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_crm__leads") }}
