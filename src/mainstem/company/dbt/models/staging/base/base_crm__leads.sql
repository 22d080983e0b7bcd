{% if company.is_from("crm", "salesforce") -%}
select
    record_key as id,
    email,
    name,
    portal_customer_id,
    status,
    email_bounced_at,
    created_at,
    updated_at,
    _deleted
from {{ ref("base_salesforce__lead") }}
{% else -%}
{{ known_columns(source("crm", "leads"), {
    "id": dbt.type_string(),
    "email": dbt.type_string(),
    "name": dbt.type_string(),
    "portal_customer_id": dbt.type_string(),
    "status": dbt.type_string(),
    "email_bounced_at": company.type_moment(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
