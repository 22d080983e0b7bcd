{{ known_columns(source("zendesk", "schedule_holiday"), {
    "id": dbt.type_string(),
    "schedule_id": dbt.type_string(),
    "name": dbt.type_string(),
    "start_date": 'date',
    "end_date": 'date',
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
