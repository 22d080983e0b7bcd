{{ known_columns(source("licences", "licences"), {
    "id": dbt.type_string(),
    "customer_email": dbt.type_string(),
    "plan": dbt.type_string(),
    "seats": dbt.type_bigint(),
    "is_trial": dbt.type_boolean(),
    "issued_at": company.type_moment(),
    "expires_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
