select
    id as change_id,
    issue_id,
    lower(trim(field)) as field_name,
    "from" as value_before,
    "to" as value_after,
    created_at as changed_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_engineering__issue_changelog") }}
