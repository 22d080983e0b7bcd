{{ known_columns(source("servers", "server"), company.event_columns({
    "version": dbt.type_string(),
    "edition": dbt.type_string(),
    "database_type": dbt.type_string(),
    "operating_system": dbt.type_string(),
    "installation_type": dbt.type_string(),
})) }}
