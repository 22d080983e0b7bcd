{{ known_columns(source("website", "download_clicked"), company.visit_columns({
    "platform": dbt.type_string(),
})) }}
