{% if company.is_from("crm", "salesforce") -%}
select
    item.record_key as id,
    coalesce(opportunity.record_key, item.opportunity_id) as opportunity_id,
    item.product,
    item.start_date,
    item.end_date,
    item.total_price,
    item.updated_at,
    item._deleted
from {{ ref("base_salesforce__opportunity_line_item") }} as item
left join {{ ref("base_salesforce__opportunity") }} as opportunity on opportunity.id = item.opportunity_id
{% else -%}
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
{%- endif %}
