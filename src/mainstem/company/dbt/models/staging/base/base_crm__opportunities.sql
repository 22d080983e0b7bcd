{{ known_columns(source("crm", "opportunities"), {
    "id": dbt.type_string(),
    "account_id": dbt.type_string(),
    "name": dbt.type_string(),
    "type": dbt.type_string(),
    "stage": dbt.type_string(),
    "close_date": 'date',
    "amount": dbt.type_numeric(),
    "licence_key": dbt.type_string(),
    "owner_id": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
