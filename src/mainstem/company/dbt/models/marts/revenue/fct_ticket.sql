-- A ticket's times from what was written and changed on it; `updated_at` is no time of solving.
with comments as (
    select
        comment.ticket_id,
        min(case when comment.author_role = 'agent' and comment.is_public then comment.created_at end) as first_reply_at,
        cast(sum(case when comment.author_role = 'agent' and comment.is_public then 1 else 0 end) as {{ dbt.type_bigint() }}) as public_agent_replies
    from {{ ref("stg_support__ticket_comments") }} as comment
    inner join {{ ref("stg_support__tickets") }} as ticket on ticket.ticket_id = comment.ticket_id
    where not comment.is_deleted
        and comment.created_at >= ticket.created_at
    group by comment.ticket_id
),

statuses as (
    select
        ticket_id,
        lower(field_value) as status,
        changed_at,
        lag(lower(field_value)) over (partition by ticket_id order by changed_at, field_change_id) as status_before
    from {{ ref("stg_support__ticket_field_history") }}
    where field_name = 'status'
        and not is_deleted
),

solved as (
    select
        ticket_id,
        min(case when status in ('solved', 'closed') then changed_at end) as first_solved_at,
        max(case when status in ('solved', 'closed') and coalesce(status_before, '') not in ('solved', 'closed') then changed_at end) as solved_at,
        cast(sum(case when status_before in ('solved', 'closed') and status not in ('solved', 'closed') then 1 else 0 end) as {{ dbt.type_bigint() }}) as reopens
    from statuses
    group by ticket_id
),

ratings as (
    select
        ticket_id,
        score,
        created_at,
        row_number() over (partition by ticket_id order by created_at desc, rating_id desc) as newness
    from {{ ref("stg_support__satisfaction_ratings") }}
    where not is_deleted
)

select
    ticket.ticket_id,
    coalesce(canonical.canonical_account_id, ticket.account_id) as account_id,
    ticket.status,
    ticket.sla_policy,
    ticket.created_at,
    {{ utc_date("ticket.created_at") }} as created_date,
    comments.first_reply_at,
    {{ dbt.datediff("ticket.created_at", "comments.first_reply_at", "minute") }} as first_reply_time_calendar_minutes,
    solved.first_solved_at,
    case when ticket.status in ('solved', 'closed') then solved.solved_at end as solved_at,
    case
        when ticket.status in ('solved', 'closed')
            then {{ dbt.datediff("ticket.created_at", "solved.solved_at", "minute") }}
    end as full_resolution_calendar_minutes,
    ticket.status in ('solved', 'closed') as is_solved,
    coalesce(solved.reopens, 0) as reopens,
    coalesce(comments.public_agent_replies, 0) as public_agent_replies,
    lower(trim(ratings.score)) as satisfaction_score,
    ratings.created_at as satisfaction_rated_at
from {{ ref("stg_support__tickets") }} as ticket
left join {{ ref("int_revenue_accounts") }} as canonical on canonical.account_id = ticket.account_id
left join comments on comments.ticket_id = ticket.ticket_id
left join solved on solved.ticket_id = ticket.ticket_id
left join ratings on ratings.ticket_id = ticket.ticket_id and ratings.newness = 1
where not ticket.is_deleted
