{{ known_columns(source("jira", "sprint"), {
    "id": dbt.type_string(),
    "board_id": dbt.type_string(),
    "name": dbt.type_string(),
    "state": dbt.type_string(),
    "start_date": company.type_moment(),
    "end_date": company.type_moment(),
    "_fivetran_synced": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
