{% if company.is_from("support", "zendesk") -%}
select
    id,
    ticket_id,
    score,
    created_at,
    updated_at,
    _fivetran_deleted as _deleted
from {{ ref("base_zendesk__satisfaction_rating") }}
where score in ('good', 'bad')
{% else -%}
{{ known_columns(source("support", "satisfaction_ratings"), {
    "id": dbt.type_string(),
    "ticket_id": dbt.type_string(),
    "score": dbt.type_string(),
    "created_at": company.type_moment(),
    "updated_at": company.type_moment(),
    "_deleted": dbt.type_boolean(),
}) }}
{%- endif %}
