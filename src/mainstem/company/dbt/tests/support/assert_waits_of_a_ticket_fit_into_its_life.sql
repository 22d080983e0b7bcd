-- No wait is longer than the ticket is old, and no office is open for longer than the clock runs.
select ticket_id
from {{ ref("fct_ticket_metric") }}
cross join {{ ref("int_support_as_of") }} as today
where requester_wait_time_in_calendar_minutes + agent_wait_time_in_calendar_minutes
    > {{ dbt.datediff("created_at", "today.as_of", "second") }} / 60.0 + 0.1
    or requester_wait_time_in_business_minutes > requester_wait_time_in_calendar_minutes + 0.001
    or first_reply_time_business_minutes > first_reply_time_calendar_minutes + 0.001
    or full_resolution_business_minutes > final_resolution_calendar_minutes + 0.001
