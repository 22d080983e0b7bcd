{{ known_columns(source("zendesk", "organization"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "external_id": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
