{{ known_columns(source("jira", "issue_type"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
