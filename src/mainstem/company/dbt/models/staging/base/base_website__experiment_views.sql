{{ known_columns(source("website", "experiment_viewed"), company.event_columns({
    "experiment_key": dbt.type_string(),
    "variation_id": dbt.type_string(),
    "unit_id": dbt.type_string(),
})) }}
