select
    id as opportunity_id,
    account_id,
    name as opportunity_name,
    type as opportunity_type,
    stage,
    close_date,
    amount,
    licence_key as licence_id,
    owner_id,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_crm__opportunities") }}
