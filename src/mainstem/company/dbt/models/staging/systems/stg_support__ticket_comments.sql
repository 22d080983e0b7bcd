select
    id as comment_id,
    ticket_id,
    lower(trim(author_role)) as author_role,
    "public" as is_public,
    created_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_support__ticket_comments") }}
