{{ known_columns(source("jira", "project_board"), {
    "project_id": dbt.type_string(),
    "board_id": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
