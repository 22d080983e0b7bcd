{{ known_columns(source("website", "pages"), company.visit_columns({
    "name": dbt.type_string(),
})) }}
