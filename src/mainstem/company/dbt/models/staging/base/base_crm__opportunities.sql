{% if company.is_from("crm", "salesforce") -%}
select
    opportunity.record_key as id,
    coalesce(account.record_key, opportunity.account_id) as account_id,
    opportunity.name,
    opportunity.type,
    opportunity.stage,
    opportunity.close_date,
    opportunity.amount,
    opportunity.licence_key,
    coalesce(owner.record_key, opportunity.owner_id) as owner_id,
    opportunity.created_at,
    opportunity.updated_at,
    opportunity._deleted
from {{ ref("base_salesforce__opportunity") }} as opportunity
left join {{ ref("base_salesforce__account") }} as account on account.id = opportunity.account_id
left join {{ ref("base_salesforce__user") }} as owner on owner.id = opportunity.owner_id
{% else -%}
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
{%- endif %}
