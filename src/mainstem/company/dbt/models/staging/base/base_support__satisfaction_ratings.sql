{{ known_columns(source("support", "satisfaction_ratings"), {
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "score": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
