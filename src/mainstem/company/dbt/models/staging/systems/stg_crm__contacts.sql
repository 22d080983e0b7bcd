select
    id as contact_id,
    account_id,
    lower(trim(email)) as email,
    name as contact_name,
    email_bounced_at,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_crm__contacts") }}
