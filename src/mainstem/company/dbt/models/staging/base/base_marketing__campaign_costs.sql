{% if company.is_from("marketing", "marketo") -%}
-- Costs of periods have no moment of change, and count in the month in which the period begins.
select
    cast(program_id as {{ dbt.type_string() }}) || ':' || cast("index" as {{ dbt.type_string() }}) as id,
    cast(program_id as {{ dbt.type_string() }}) as campaign_id,
    {{ company.utc_date("start_date") }} as "month",
    cost,
    '{{ var("marketo_currency") }}' as currency,
    cast(null as {{ company.type_moment() }}) as updated_at,
    _fivetran_deleted as _deleted
from {{ ref("base_marketo__program_cost") }}
{% else -%}
{{ known_columns(source("marketing", "campaign_costs"), {
    "id": dbt.type_string(),
    "campaign_id": dbt.type_string(),
    "month": 'date',
    "cost": dbt.type_numeric(),
    "currency": dbt.type_string(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
