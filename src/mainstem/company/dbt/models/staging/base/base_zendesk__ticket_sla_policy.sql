{{ known_columns(source("zendesk", "ticket_sla_policy"), {
    "ticket_id": dbt.type_string(),
    "sla_policy_id": dbt.type_string(),
    "policy_applied_at": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
