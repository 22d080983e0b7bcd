{{ known_columns(source("servers", "activity"), {
    "id": dbt.type_string(),
    "anonymous_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
    "uuid_ts": company.type_moment(),
    "active_users_daily": dbt.type_bigint(),
    "registered_users": dbt.type_bigint(),
}) }}
