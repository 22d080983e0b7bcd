{{ known_columns(source("servers", "activity"), {
    "id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "active_users_daily": dbt.type_bigint(),
    "registered_users": dbt.type_bigint(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
}) }}
