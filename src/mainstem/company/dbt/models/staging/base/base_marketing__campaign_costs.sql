{{ known_columns(source("marketing", "campaign_costs"), {
    "id": dbt.type_string(),
    "campaign_id": dbt.type_string(),
    "month": 'date',
    "cost": dbt.type_numeric(),
    "currency": dbt.type_string(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
