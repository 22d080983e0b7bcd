select
    id as line_item_id,
    opportunity_id,
    product,
    start_date,
    end_date,
    total_price,
    updated_at,
    coalesce(_deleted, false) as is_deleted
from {{ ref("base_crm__opportunity_line_items") }}
