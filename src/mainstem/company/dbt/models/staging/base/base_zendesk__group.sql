{{ known_columns(source("zendesk", "group"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
