{{ known_columns(source("zendesk", "sla_policy"), {
    "id": dbt.type_string(),
    "title": dbt.type_string(),
    "description": dbt.type_string(),
    "position": dbt.type_bigint(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
