select
    id as user_id,
    name as user_name,
    role,
    coalesce(is_active, true) as is_active,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_crm__users") }}
