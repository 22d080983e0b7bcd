{{ known_columns(source("crm", "leads"), {
    "id": dbt.type_string(),
    "email": dbt.type_string(),
    "name": dbt.type_string(),
    "portal_customer_id": dbt.type_string(),
    "status": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
