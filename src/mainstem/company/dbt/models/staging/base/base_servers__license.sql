{{ known_columns(source("servers", "license"), company.event_columns({
    "license_id": dbt.type_string(),
    "edition": dbt.type_string(),
})) }}
