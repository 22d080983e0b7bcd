{{ known_columns(source("marketo", "program_cost"), {
    "program_id": dbt.type_bigint(),
    "index": dbt.type_bigint(),
    "start_date": company.type_moment(),
    "cost": dbt.type_numeric(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
