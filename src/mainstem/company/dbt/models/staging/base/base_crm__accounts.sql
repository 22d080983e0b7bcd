{{ known_columns(source("crm", "accounts"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "domain": dbt.type_string(),
    "region": dbt.type_string(),
    "plan": dbt.type_string(),
    "seats": dbt.type_bigint(),
    "owner_id": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
