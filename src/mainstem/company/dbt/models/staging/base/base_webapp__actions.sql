{{ known_columns(source("webapp", "event"), company.action_columns({"type": dbt.type_string()})) }}
