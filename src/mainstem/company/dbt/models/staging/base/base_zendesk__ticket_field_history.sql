{{ known_columns(source("zendesk", "ticket_field_history"), {
    "_key": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "field_name": dbt.type_string(),
    "updated": company.type_moment(),
    "user_id": dbt.type_string(),
    "value": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
