select
    id as campaign_cost_id,
    campaign_id,
    "month",
    cost,
    currency,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_marketing__campaign_costs") }}
