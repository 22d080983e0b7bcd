{{ known_columns(source("crm", "opportunity_line_items"), {
    "id": dbt.type_string(),
    "opportunity_id": dbt.type_string(),
    "product": dbt.type_string(),
    "start_date": 'date',
    "end_date": 'date',
    "total_price": dbt.type_numeric(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
