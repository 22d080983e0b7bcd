-- Spells of tickets in a status; that of today goes on until now.
with changes as (
    select
        change.ticket_id,
        change.field_change_id,
        lower(trim(change.field_value)) as status,
        change.changed_at
    from {{ ref("stg_support__ticket_field_history") }} as change
    inner join {{ ref("stg_support__tickets") }} as ticket on ticket.ticket_id = change.ticket_id
    where change.field_name = 'status'
        and not change.is_deleted
        and not ticket.is_deleted
)

select
    changes.ticket_id,
    cast(row_number() over (partition by changes.ticket_id order by changes.changed_at, changes.field_change_id) as {{ dbt.type_bigint() }}) as spell,
    changes.status,
    lag(changes.status) over (partition by changes.ticket_id order by changes.changed_at, changes.field_change_id) as status_before,
    changes.changed_at as began_at,
    lead(changes.changed_at) over (partition by changes.ticket_id order by changes.changed_at, changes.field_change_id) as ended_at,
    coalesce(lead(changes.changed_at) over (partition by changes.ticket_id order by changes.changed_at, changes.field_change_id), today.as_of) as counted_until
from changes
cross join {{ ref("int_support_as_of") }} as today
