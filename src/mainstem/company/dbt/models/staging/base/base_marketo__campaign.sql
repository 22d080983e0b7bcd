{{ known_columns(source("marketo", "campaign"), {
    "id": dbt.type_bigint(),
    "program_id": dbt.type_bigint(),
}) }}
