{{ known_columns(source("identity", "junk_values"), {
    "id_type": dbt.type_string(),
    "id_value": dbt.type_string(),
}) }}
