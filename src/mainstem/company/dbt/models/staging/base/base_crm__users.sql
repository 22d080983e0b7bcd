{{ known_columns(source("crm", "users"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "role": dbt.type_string(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
