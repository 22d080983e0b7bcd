-- What was agreed for a ticket, by metric: applied by a policy, measured over one stretch of time or several.
with applied as (
    select
        change.ticket_id,
        change.field_name as metric,
        change.changed_at,
        cast({{ company.json_text("change.field_value", "minutes") }} as {{ dbt.type_bigint() }}) as target,
        lower({{ company.json_text("change.field_value", "in_business_hours") }}) = 'true' as in_business_hours,
        row_number() over (partition by change.ticket_id, change.field_name order by change.changed_at desc) as newness,
        lead(change.changed_at) over (partition by change.ticket_id, change.field_name order by change.changed_at) as applied_again_at
    from {{ ref("stg_support__ticket_field_history") }} as change
    where change.field_name in ('first_reply_time', 'next_reply_time', 'agent_work_time', 'requester_wait_time')
        and not change.is_deleted
),

standing as (
    select
        applied.ticket_id,
        applied.metric,
        case when applied.metric = 'first_reply_time' then ticket.created_at else applied.changed_at end as applied_at,
        applied.changed_at,
        applied.applied_again_at,
        applied.target,
        applied.in_business_hours
    from applied
    inner join {{ ref("stg_support__tickets") }} as ticket on ticket.ticket_id = applied.ticket_id
    where applied.target is not null
        and not ticket.is_deleted
        -- Of a first reply the last target counts, from the beginning.
        and (applied.metric <> 'first_reply_time' or applied.newness = 1)
),

named as (
    select
        standing.ticket_id,
        standing.metric,
        standing.changed_at,
        max(policy.applied_at) as policy_applied_at
    from standing
    inner join {{ ref("stg_support__ticket_policies") }} as policy
        on policy.ticket_id = standing.ticket_id
        and policy.applied_at <= standing.changed_at
    group by standing.ticket_id, standing.metric, standing.changed_at
)

select
    standing.ticket_id || ' ' || standing.metric || ' ' || cast(standing.changed_at as {{ dbt.type_string() }}) as ticket_target_id,
    standing.ticket_id,
    standing.metric,
    standing.applied_at,
    standing.applied_again_at,
    standing.target,
    standing.in_business_hours,
    policy.sla_policy_id,
    policy.sla_policy_name
from standing
left join named
    on named.ticket_id = standing.ticket_id
    and named.metric = standing.metric
    and named.changed_at = standing.changed_at
left join {{ ref("stg_support__ticket_policies") }} as policy
    on policy.ticket_id = named.ticket_id
    and policy.applied_at = named.policy_applied_at
