{{ known_columns(source("marketing", "campaigns"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "channel": dbt.type_string(),
    "status": dbt.type_string(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
