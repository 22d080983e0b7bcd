-- Every stretch of time of a ticket that is measured, with its seconds by the calendar and in office hours. A stretch
-- over which the office hours of its ticket changed is measured in pieces.
with solved as (
    select
        ticket_id,
        min(began_at) as first_solved_at,
        max(case when coalesce(status_before, '') not in ('solved', 'closed') then began_at end) as last_solved_at
    from {{ ref("int_ticket_status") }}
    where status in ('solved', 'closed')
    group by ticket_id
),

answered as (
    select
        target.ticket_target_id,
        target.ticket_id,
        target.applied_at,
        min(comment.created_at) as answered_at
    from {{ ref("int_ticket_target") }} as target
    inner join {{ ref("stg_support__ticket_comments") }} as comment
        on comment.ticket_id = target.ticket_id
        and comment.created_at > target.applied_at
    where target.metric in ('first_reply_time', 'next_reply_time')
        and comment.author_role = 'agent'
        and comment.is_public
        and not comment.is_deleted
    group by target.ticket_target_id, target.ticket_id, target.applied_at
),

solved_after as (
    select
        target.ticket_target_id,
        min(spell.began_at) as solved_at
    from {{ ref("int_ticket_target") }} as target
    inner join {{ ref("int_ticket_status") }} as spell
        on spell.ticket_id = target.ticket_id
        and spell.began_at > target.applied_at
    where spell.status in ('solved', 'closed')
    group by target.ticket_target_id
),

stretches as (
    select
        ticket_id,
        'reply' as measure,
        cast(question as {{ dbt.type_string() }}) as part,
        asked_at as begins_at,
        answered_at as ends_at
    from {{ ref("int_ticket_reply") }}
    where answered_at is not null

    union all

    select
        solved.ticket_id,
        'first_resolution',
        '1',
        ticket.created_at,
        solved.first_solved_at
    from solved
    inner join {{ ref("stg_support__tickets") }} as ticket on ticket.ticket_id = solved.ticket_id

    union all

    select
        solved.ticket_id,
        'full_resolution',
        '1',
        ticket.created_at,
        solved.last_solved_at
    from solved
    inner join {{ ref("stg_support__tickets") }} as ticket on ticket.ticket_id = solved.ticket_id

    union all

    select
        ticket_id,
        'status ' || status,
        cast(spell as {{ dbt.type_string() }}),
        began_at,
        counted_until
    from {{ ref("int_ticket_status") }}
    where status not in ('solved', 'closed', 'deleted')

    union all

    -- A reply that is not there yet, or never came, is waited for until the ticket is solved, or now.
    select
        target.ticket_id,
        'target',
        target.ticket_target_id,
        target.applied_at,
        least(coalesce(answered.answered_at, solved_after.solved_at, today.as_of), coalesce(target.applied_again_at, today.as_of), today.as_of)
    from {{ ref("int_ticket_target") }} as target
    cross join {{ ref("int_support_as_of") }} as today
    left join answered on answered.ticket_target_id = target.ticket_target_id
    left join solved_after on solved_after.ticket_target_id = target.ticket_target_id
    where target.metric in ('first_reply_time', 'next_reply_time')

    union all

    select
        target.ticket_id,
        'target',
        target.ticket_target_id,
        greatest(target.applied_at, spell.began_at),
        least(spell.counted_until, coalesce(target.applied_again_at, spell.counted_until))
    from {{ ref("int_ticket_target") }} as target
    inner join {{ ref("int_ticket_status") }} as spell
        on spell.ticket_id = target.ticket_id
        and spell.counted_until > target.applied_at
        and spell.began_at < coalesce(target.applied_again_at, spell.counted_until)
    where (target.metric = 'agent_work_time' and spell.status in ('new', 'open'))
        or (target.metric = 'requester_wait_time' and spell.status in ('new', 'open', 'hold'))
),

pieces as (
    select
        stretches.ticket_id,
        stretches.measure,
        stretches.part,
        schedule.schedule_id,
        greatest(stretches.begins_at, coalesce(schedule.valid_from, stretches.begins_at)) as begins_at,
        least(stretches.ends_at, coalesce(schedule.valid_until, stretches.ends_at)) as ends_at
    from stretches
    left join {{ ref("int_ticket_schedule") }} as schedule
        on schedule.ticket_id = stretches.ticket_id
        and schedule.valid_from <= stretches.ends_at
        and coalesce(schedule.valid_until, stretches.ends_at) >= stretches.begins_at
)

select
    pieces.ticket_id,
    pieces.measure,
    pieces.part,
    pieces.schedule_id,
    pieces.begins_at,
    pieces.ends_at,
    cast({{ dbt.datediff("pieces.begins_at", "pieces.ends_at", "second") }} as {{ dbt.type_bigint() }}) as calendar_seconds,
    cast({{ company.open_seconds("begun", "pieces.begins_at") }} as {{ dbt.type_bigint() }}) as open_seconds_at_begin,
    cast({{ company.open_seconds("ended", "pieces.ends_at") }} - {{ company.open_seconds("begun", "pieces.begins_at") }} as {{ dbt.type_bigint() }}) as business_seconds
from pieces
left join {{ ref("int_support_hours") }} as begun
    on begun.schedule_id = pieces.schedule_id
    and begun.opens_at <= pieces.begins_at
    and pieces.begins_at < begun.next_opens_at
left join {{ ref("int_support_hours") }} as ended
    on ended.schedule_id = pieces.schedule_id
    and ended.opens_at <= pieces.ends_at
    and pieces.ends_at < ended.next_opens_at
where pieces.ends_at >= pieces.begins_at
