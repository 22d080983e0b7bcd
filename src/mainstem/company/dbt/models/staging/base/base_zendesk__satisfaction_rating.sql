{{ known_columns(source("zendesk", "satisfaction_rating"), {
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "score": dbt.type_string(),
    "comment": dbt.type_string(),
    "reason": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
