select
    id as licence_id,
    lower(trim(customer_email)) as customer_email,
    plan,
    seats,
    is_trial,
    issued_at,
    expires_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_licences__licences") }}
