{{ known_columns(source("identity", "denied_edges"), {
    "id_type": dbt.type_string(),
    "id_value": dbt.type_string(),
    "other_type": dbt.type_string(),
    "other_value": dbt.type_string(),
}) }}
