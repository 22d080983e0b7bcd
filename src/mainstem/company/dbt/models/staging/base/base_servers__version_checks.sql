{{ known_columns(source("servers", "version_checked"), company.event_columns({
    "version": dbt.type_string(),
    "edition": dbt.type_string(),
})) }}
