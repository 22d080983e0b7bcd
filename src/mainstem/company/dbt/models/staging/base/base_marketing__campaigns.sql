{% if company.is_from("marketing", "marketo") -%}
select
    cast(id as {{ dbt.type_string() }}) as id,
    name,
    channel,
    status,
    updated_at,
    _fivetran_deleted as _deleted
from {{ ref("base_marketo__program") }}
{% else -%}
{{ known_columns(source("marketing", "campaigns"), {
    "id": dbt.type_string(),
    "name": dbt.type_string(),
    "channel": dbt.type_string(),
    "status": dbt.type_string(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
