select
    id as campaign_id,
    name as campaign_name,
    channel,
    status,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_marketing__campaigns") }}
