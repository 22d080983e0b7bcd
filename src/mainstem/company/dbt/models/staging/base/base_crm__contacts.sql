{% if company.is_from("crm", "salesforce") -%}
select
    contact.record_key as id,
    coalesce(account.record_key, contact.account_id) as account_id,
    contact.email,
    contact.name,
    contact.email_bounced_at,
    contact.created_at,
    contact.updated_at,
    contact._deleted
from {{ ref("base_salesforce__contact") }} as contact
left join {{ ref("base_salesforce__account") }} as account on account.id = contact.account_id
{% else -%}
{{ known_columns(source("crm", "contacts"), {
    "id": dbt.type_string(),
    "account_id": dbt.type_string(),
    "email": dbt.type_string(),
    "name": dbt.type_string(),
    "email_bounced_at": company.type_moment(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
