{{ known_columns(source("support", "tickets"), {
    "id": dbt.type_string(),
    "requester_email": dbt.type_string(),
    "account_id": dbt.type_string(),
    "status": dbt.type_string(),
    "sla_policy": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
