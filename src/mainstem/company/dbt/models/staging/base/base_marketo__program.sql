{{ known_columns(source("marketo", "program"), {
    "id": dbt.type_bigint(),
    "name": dbt.type_string(),
    "channel": dbt.type_string(),
    "status": dbt.type_string(),
    "updated_at": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
