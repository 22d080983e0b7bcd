{{ known_columns(source("zendesk", "sla_policy_metric_history"), {
    "sla_policy_id": dbt.type_string(),
    "sla_policy_updated_at": company.type_moment(),
    "index": dbt.type_bigint(),
    "metric": dbt.type_string(),
    "priority": dbt.type_string(),
    "business_hours": dbt.type_boolean(),
    "target": dbt.type_bigint(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
