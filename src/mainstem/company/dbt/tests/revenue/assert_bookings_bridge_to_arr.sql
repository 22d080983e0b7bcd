-- Bookings, step by step, come to the change of ARR that the movements tell.
select
    bridge.month_start,
    bridge.arr_change_cents,
    coalesce(revenue.end_cents - revenue.start_cents, 0) as moved_cents
from {{ ref("fct_bookings_bridge") }} as bridge
left join {{ ref("fct_revenue_month") }} as revenue on revenue.month_start = bridge.month_start
where bridge.arr_change_cents <> coalesce(revenue.end_cents - revenue.start_cents, 0)
