-- What was agreed for a ticket and what became of it: met, missed, or still open. A target is missed at the moment at
-- which so many minutes had passed, by the calendar or in office hours.
with pieces as (
    select
        stretch.part as ticket_target_id,
        stretch.schedule_id,
        stretch.begins_at,
        stretch.ends_at,
        stretch.open_seconds_at_begin,
        target.in_business_hours,
        60 * target.target as target_seconds,
        case when target.in_business_hours then stretch.business_seconds else stretch.calendar_seconds end as seconds
    from {{ ref("int_ticket_stretch") }} as stretch
    inner join {{ ref("int_ticket_target") }} as target on target.ticket_target_id = stretch.part
    where stretch.measure = 'target'
),

running as (
    select
        *,
        sum(seconds) over (partition by ticket_target_id order by begins_at rows between unbounded preceding and current row) as seconds_until
    from pieces
),

missed as (
    select
        running.ticket_target_id,
        min(case
            when running.in_business_hours
                then {{ dbt.dateadd("second", "running.open_seconds_at_begin + running.target_seconds - (running.seconds_until - running.seconds) - hours.seconds_before", "hours.opens_at") }}
            else {{ dbt.dateadd("second", "running.target_seconds - (running.seconds_until - running.seconds)", "running.begins_at") }}
        end) as missed_at
    from running
    left join {{ ref("int_support_hours") }} as hours
        on running.in_business_hours
        and hours.schedule_id = running.schedule_id
        and hours.seconds_before <= running.open_seconds_at_begin + running.target_seconds - (running.seconds_until - running.seconds)
        and running.open_seconds_at_begin + running.target_seconds - (running.seconds_until - running.seconds) < hours.seconds_before + hours.open_seconds
    where running.seconds_until > running.target_seconds
        and running.seconds_until - running.seconds <= running.target_seconds
    group by running.ticket_target_id
),

elapsed as (
    select
        ticket_target_id,
        sum(seconds) as seconds,
        max(ends_at) as ends_at
    from pieces
    group by ticket_target_id
)

select
    {{ dbt.hash("target.ticket_target_id") }} as sla_event_id,
    target.ticket_id,
    ticket.account_id,
    target.sla_policy_id,
    target.sla_policy_name,
    target.metric,
    target.applied_at as sla_applied_at,
    {{ utc_date("target.applied_at") }} as sla_applied_date,
    target.target,
    target.in_business_hours,
    detail.priority as priority_applied,
    detail.group_name,
    missed.missed_at as sla_breach_at,
    cast({{ company.minutes("elapsed.seconds") }} as double) as sla_elapsed_time,
    missed.ticket_target_id is null and elapsed.ends_at >= today.as_of and not ticket.is_solved as is_active_sla,
    case
        when missed.ticket_target_id is not null then true
        when elapsed.ends_at >= today.as_of and not ticket.is_solved then null
        else false
    end as is_sla_breach
from {{ ref("int_ticket_target") }} as target
inner join {{ ref("fct_ticket") }} as ticket on ticket.ticket_id = target.ticket_id
inner join elapsed on elapsed.ticket_target_id = target.ticket_target_id
left join {{ ref("stg_support__ticket_details") }} as detail on detail.ticket_id = target.ticket_id
left join missed on missed.ticket_target_id = target.ticket_target_id
cross join {{ ref("int_support_as_of") }} as today
