{{ known_columns(source("finance", "arr_targets"), {
    "id": dbt.type_string(),
    "fiscal_quarter": dbt.type_string(),
    "starts_on": 'date',
    "ends_on": 'date',
    "arr_target_cents": dbt.type_bigint(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
