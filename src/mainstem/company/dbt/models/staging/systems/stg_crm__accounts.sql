select
    id as account_id,
    name as account_name,
    domain,
    region,
    plan,
    seats,
    owner_id,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_crm__accounts") }}
