select
    id as rating_id,
    ticket_id,
    score,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_support__satisfaction_ratings") }}
