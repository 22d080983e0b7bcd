-- A target was missed exactly where it took more than its minutes, and only then has it a moment at which it was.
select sla_event_id
from {{ ref("fct_ticket_sla") }}
where coalesce(is_sla_breach, false) <> (sla_elapsed_time > target)
    or coalesce(is_sla_breach, false) <> (sla_breach_at is not null)
    or (is_active_sla and is_sla_breach is not null)
