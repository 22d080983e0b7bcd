{{ known_columns(source("webapp", "event"), {
    "id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
    "uuid_ts": company.type_moment(),
    "type": dbt.type_string(),
    "category": dbt.type_string(),
    "user_actual_id": dbt.type_string(),
    "post_id": dbt.type_string(),
    "root_id": dbt.type_string(),
    "channel_id": dbt.type_string(),
}) }}
