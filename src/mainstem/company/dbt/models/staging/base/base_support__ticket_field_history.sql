{% if company.is_from("support", "zendesk") -%}
select
    _key as id,
    ticket_id,
    field_name as field,
    value,
    updated as created_at,
    updated as updated_at,
    _fivetran_deleted as _deleted
from {{ ref("base_zendesk__ticket_field_history") }}
{% else -%}
{{ known_columns(source("support", "ticket_field_history"), {
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "field": dbt.type_string(),
    "value": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
