select
    applied.ticket_id,
    applied.sla_policy_id,
    policy.title as sla_policy_name,
    applied.policy_applied_at as applied_at
from {{ ref("base_zendesk__ticket_sla_policy") }} as applied
left join {{ ref("base_zendesk__sla_policy") }} as policy on policy.id = applied.sla_policy_id
where not coalesce(applied._fivetran_deleted, false)
