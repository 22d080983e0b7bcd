{{ known_columns(source("crm", "contacts"), {
    "id": dbt.type_string(),
    "account_id": dbt.type_string(),
    "email": dbt.type_string(),
    "name": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
