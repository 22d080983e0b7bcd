{{ known_columns(source("support", "ticket_field_history"), {
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "field": dbt.type_string(),
    "value": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
