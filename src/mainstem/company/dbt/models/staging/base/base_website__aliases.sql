{{ known_columns(source("website", "aliases"), company.event_columns({
    "previous_id": dbt.type_string(),
})) }}
