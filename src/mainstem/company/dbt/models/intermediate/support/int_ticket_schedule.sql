-- Which office hours count for a ticket, and until when. A ticket that none was set for has those that were made first.
with preset as (
    select
        schedule_id,
        row_number() over (order by created_at, schedule_id) as place
    from {{ ref("stg_support__schedules") }}
    where not is_deleted
),

assigned as (
    select
        ticket.ticket_id,
        assignment.schedule_id,
        case
            when {{ dbt.datediff("ticket.created_at", "assignment.assigned_at", "second") }} <= 5 then ticket.created_at
            else assignment.assigned_at
        end as valid_from
    from {{ ref("stg_support__ticket_schedules") }} as assignment
    inner join {{ ref("stg_support__tickets") }} as ticket on ticket.ticket_id = assignment.ticket_id
),

events as (
    select * from assigned
    union all
    select
        ticket.ticket_id,
        preset.schedule_id,
        ticket.created_at
    from {{ ref("stg_support__tickets") }} as ticket
    inner join preset on preset.place = 1
    left join assigned on assigned.ticket_id = ticket.ticket_id and assigned.valid_from = ticket.created_at
    where assigned.ticket_id is null
)

select
    ticket_id,
    schedule_id,
    valid_from,
    lead(valid_from) over (partition by ticket_id order by valid_from, schedule_id) as valid_until
from events
