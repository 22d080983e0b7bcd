{{ known_columns(source("website", "trial_started"), {
    "id": dbt.type_string(),
    "anonymous_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "timestamp": company.type_moment(),
    "received_at": company.type_moment(),
    "uuid_ts": company.type_moment(),
    "context_campaign_source": dbt.type_string(),
    "context_campaign_medium": dbt.type_string(),
    "context_campaign_name": dbt.type_string(),
    "context_page_referrer": dbt.type_string(),
    "context_referrer": dbt.type_string(),
    "path": dbt.type_string(),
}) }}
