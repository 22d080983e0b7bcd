{{ known_columns(source("website", "aliases"), {
    "id": dbt.type_string(),
    "anonymous_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
    "uuid_ts": company.type_moment(),
    "previous_id": dbt.type_string(),
}) }}
