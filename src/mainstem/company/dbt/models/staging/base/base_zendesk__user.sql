{{ known_columns(source("zendesk", "user"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "email": dbt.type_string(),
    "email_pseudonym": dbt.type_string(),
    "role": dbt.type_string(),
    "organization_id": dbt.type_string(),
    "time_zone": dbt.type_string(),
    "_fivetran_deleted": dbt.type_boolean(),
}) }}
