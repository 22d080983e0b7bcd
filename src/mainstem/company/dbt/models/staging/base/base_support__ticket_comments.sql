{{ known_columns(source("support", "ticket_comments"), {
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "author_role": dbt.type_string(),
    "public": dbt.type_boolean(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
