select
    id as field_change_id,
    ticket_id,
    lower(trim(field)) as field_name,
    value as field_value,
    created_at as changed_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_support__ticket_field_history") }}
