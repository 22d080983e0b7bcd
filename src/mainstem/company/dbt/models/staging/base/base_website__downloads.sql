{{ known_columns(source("website", "download_clicked"), {
    "id": dbt.type_string(),
    "anonymous_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "platform": dbt.type_string(),
    "context_campaign_source": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
}) }}
