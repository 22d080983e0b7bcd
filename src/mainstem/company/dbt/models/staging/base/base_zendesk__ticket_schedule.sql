{{ known_columns(source("zendesk", "ticket_schedule"), {
    "ticket_id": dbt.type_string(),
    "created_at": company.type_moment(),
    "schedule_id": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
