{{ known_columns(source("jira", "issue_field_history"), {
    "_key": dbt.type_string(),
    "issue_id": dbt.type_string(),
    "field_id": dbt.type_string(),
    "time": company.type_moment(),
    "value": dbt.type_string(),
    "author_id": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
