select
    id as activity_id,
    lower(trim(email)) as email,
    activity as activity_type,
    asset,
    campaign_id,
    activity_at as occurred_at,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_marketing__lead_activities") }}
