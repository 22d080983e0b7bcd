{% if company.is_from("crm", "salesforce") -%}
select
    account.record_key as id,
    account.name,
    account.domain,
    account.region,
    account.plan,
    account.seats,
    coalesce(owner.record_key, account.owner_id) as owner_id,
    account.created_at,
    account.updated_at,
    account._deleted
from {{ ref("base_salesforce__account") }} as account
left join {{ ref("base_salesforce__user") }} as owner on owner.id = account.owner_id
{% else -%}
{{ known_columns(source("crm", "accounts"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "domain": dbt.type_string(),
    "region": dbt.type_string(),
    "plan": dbt.type_string(),
    "seats": dbt.type_bigint(),
    "owner_id": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
