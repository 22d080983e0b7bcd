{{ known_columns(source("jira", "project"), {
    "id": dbt.type_string(),
    "key": dbt.type_string(),
    "name": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
