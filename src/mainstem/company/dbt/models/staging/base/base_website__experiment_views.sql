{{ known_columns(source("website", "experiment_viewed"), {
    "id": dbt.type_string(),
    "anonymous_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
    "uuid_ts": company.type_moment(),
    "experiment_key": dbt.type_string(),
    "variation_id": dbt.type_string(),
    "unit_id": dbt.type_string(),
}) }}
