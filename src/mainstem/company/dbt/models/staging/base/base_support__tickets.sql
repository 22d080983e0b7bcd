{% if company.is_from("support", "zendesk") -%}
select
    ticket.id,
    {{ company.address("requester.email", "requester.email_pseudonym") }} as requester_email,
    coalesce(nullif(organization.external_id, ''), ticket.organization_id) as account_id,
    ticket.status,
    policy.title as sla_policy,
    ticket.created_at,
    ticket.updated_at,
    ticket._fivetran_deleted as _deleted
from {{ ref("base_zendesk__ticket") }} as ticket
left join {{ ref("base_zendesk__user") }} as requester on requester.id = ticket.requester_id
left join {{ ref("base_zendesk__organization") }} as organization on organization.id = ticket.organization_id
left join (
    select
        ticket_id,
        sla_policy_id,
        row_number() over (partition by ticket_id order by policy_applied_at desc, sla_policy_id) as newness
    from {{ ref("base_zendesk__ticket_sla_policy") }}
    where not coalesce(_fivetran_deleted, false)
) as applied on applied.ticket_id = ticket.id and applied.newness = 1
left join {{ ref("base_zendesk__sla_policy") }} as policy on policy.id = applied.sla_policy_id
{% else -%}
{{ known_columns(source("support", "tickets"), {
    "id": dbt.type_string(),
    "requester_email": dbt.type_string(),
    "account_id": dbt.type_string(),
    "status": dbt.type_string(),
    "sla_policy": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
