{{ known_columns(source("servers", "activity"), company.event_columns({
    "active_users_daily": dbt.type_bigint(),
    "registered_users": dbt.type_bigint(),
})) }}
