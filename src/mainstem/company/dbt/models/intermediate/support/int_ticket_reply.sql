-- How long requesters waited for a public answer: from the first of their comments in a row to the next of an agent,
-- and for the first from when the ticket was written. An agent who writes the first comment answers nobody.
with spoken as (
    select
        comment.ticket_id,
        comment.author_role,
        comment.created_at,
        ticket.created_at as ticket_created_at,
        lag(comment.author_role) over (partition by comment.ticket_id order by comment.created_at, comment.comment_id) as role_before,
        min(case when comment.author_role = 'agent' then comment.created_at end) over (
            partition by comment.ticket_id
            order by comment.created_at, comment.comment_id
            rows between 1 following and unbounded following
        ) as answered_at
    from {{ ref("stg_support__ticket_comments") }} as comment
    inner join {{ ref("stg_support__tickets") }} as ticket on ticket.ticket_id = comment.ticket_id
    where comment.is_public
        and not comment.is_deleted
        and not ticket.is_deleted
)

select
    ticket_id,
    cast(row_number() over (partition by ticket_id order by created_at) as {{ dbt.type_bigint() }}) as question,
    role_before is null as is_first,
    case when role_before is null then ticket_created_at else created_at end as asked_at,
    answered_at
from spoken
where (author_role = 'requester' and coalesce(role_before, '') <> 'requester')
    or role_before is null
