{{ known_columns(source("servers", "version_checked"), {
    "id": dbt.type_string(),
    "anonymous_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
    "uuid_ts": company.type_moment(),
    "version": dbt.type_string(),
    "edition": dbt.type_string(),
}) }}
