{{ known_columns(source("zendesk", "ticket_comment"), {
    "_key": dbt.type_string(),
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "user_id": dbt.type_string(),
    "created": company.type_moment(),
    "public": dbt.type_boolean(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
