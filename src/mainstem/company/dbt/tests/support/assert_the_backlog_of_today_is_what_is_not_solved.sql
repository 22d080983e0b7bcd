-- The last day of the backlog holds every ticket that is not solved.
select
    backlog.tickets as in_backlog,
    tickets.tickets as not_solved
from (
    select coalesce(sum(day.tickets), 0) as tickets
    from {{ ref("fct_ticket_backlog_day") }} as day
    inner join {{ ref("int_support_as_of") }} as today on today.as_of_date = day.date_day
) as backlog
cross join (
    select count(*) as tickets
    from {{ ref("fct_ticket") }}
    where not is_solved
        and ticket_id in (select ticket_id from {{ ref("int_ticket_status") }})
) as tickets
where backlog.tickets <> tickets.tickets
