{% if company.is_from("crm", "salesforce") -%}
select
    record_key as id,
    name,
    role,
    is_active,
    updated_at,
    _deleted
from {{ ref("base_salesforce__user") }}
{% else -%}
{{ known_columns(source("crm", "users"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "role": dbt.type_string(),
    "is_active": dbt.type_boolean(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
