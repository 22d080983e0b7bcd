select
    id as arr_target_id,
    trim(fiscal_quarter) as fiscal_quarter,
    starts_on,
    ends_on,
    arr_target_cents,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_finance__arr_targets") }}
