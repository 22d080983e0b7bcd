{{ known_columns(source("zendesk", "schedule"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "time_zone": dbt.type_string(),
    "start_time": dbt.type_bigint(),
    "end_time": dbt.type_bigint(),
    "created_at": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
