{%- set own = var("salesforce_fields") -%}
select
    id,
    coalesce(nullif({{ own.external_id }}, ''), id) as record_key,
    name,
    title as role,
    is_active,
    created_date as created_at,
    system_modstamp as updated_at,
    _fivetran_deleted as _deleted
from (
{{ known_columns(source("salesforce", "user"), {
    "id": dbt.type_string(),
    "created_date": company.type_moment(),
    "system_modstamp": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
    "name": dbt.type_string(),
    "title": dbt.type_string(),
    "is_active": dbt.type_boolean(),
    own.external_id: dbt.type_string(),
}) }}
) as found
