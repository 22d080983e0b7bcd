-- Tickets that were not solved when a day ended (UTC), by what they were then.
with days as (
    select dates.date_day
    from {{ ref("dim_date") }} as dates
    cross join {{ ref("int_support_as_of") }} as today
    where dates.date_day <= today.as_of_date
)

select
    {{ dbt.hash("cast(days.date_day as " ~ dbt.type_string() ~ ") || ' ' || spell.status || ' ' || coalesce(detail.priority, '') || ' ' || coalesce(detail.group_name, '')") }} as ticket_backlog_id,
    days.date_day,
    spell.status,
    detail.priority,
    detail.group_name,
    cast(count(*) as {{ dbt.type_bigint() }}) as tickets
from {{ ref("int_ticket_status") }} as spell
inner join days
    on {{ utc_date("spell.began_at") }} <= days.date_day
    and (spell.ended_at is null or {{ utc_date("spell.ended_at") }} > days.date_day)
left join {{ ref("stg_support__ticket_details") }} as detail on detail.ticket_id = spell.ticket_id
where spell.status not in ('solved', 'closed', 'deleted')
group by days.date_day, spell.status, detail.priority, detail.group_name
