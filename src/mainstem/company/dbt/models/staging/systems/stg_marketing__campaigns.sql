select
    id as campaign_id,
    lower(trim(name)) as campaign_name,
    lower(trim(channel)) as channel,
    lower(trim(status)) as status,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_marketing__campaigns") }}
