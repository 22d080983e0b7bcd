{%- set own = var("salesforce_fields") -%}
select
    id,
    coalesce(nullif({{ own.external_id }}, ''), id) as record_key,
    opportunity_id,
    coalesce(product_code, name) as product,
    {{ utc_date("service_date") }} as start_date,
    {{ utc_date(own.line_item_end) }} as end_date,
    total_price,
    created_date as created_at,
    system_modstamp as updated_at,
    _fivetran_deleted as _deleted
from (
{{ known_columns(source("salesforce", "opportunity_line_item"), {
    "id": dbt.type_string(),
    "created_date": company.type_moment(),
    "system_modstamp": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
    "opportunity_id": dbt.type_string(),
    "product_code": dbt.type_string(),
    "name": dbt.type_string(),
    "service_date": company.type_moment(),
    "total_price": dbt.type_numeric(),
    own.external_id: dbt.type_string(),
    own.line_item_end: company.type_moment(),
}) }}
) as found
