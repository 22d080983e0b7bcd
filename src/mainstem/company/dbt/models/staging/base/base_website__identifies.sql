{{ known_columns(source("website", "identifies"), company.visit_columns({
    "email": dbt.type_string(),
})) }}
