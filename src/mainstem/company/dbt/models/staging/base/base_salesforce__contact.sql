{%- set own = var("salesforce_fields") -%}
select
    id,
    coalesce(nullif({{ own.external_id }}, ''), id) as record_key,
    name,
    account_id,
    {{ company.address("email") }} as email,
    email_bounced_date as email_bounced_at,
    created_date as created_at,
    system_modstamp as updated_at,
    _fivetran_deleted as _deleted
from (
{{ known_columns(source("salesforce", "contact"), {
    "id": dbt.type_string(),
    "created_date": company.type_moment(),
    "system_modstamp": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
    "name": dbt.type_string(),
    "account_id": dbt.type_string(),
    "email_bounced_date": company.type_moment(),
    "email": dbt.type_string(),
    "email_pseudonym": dbt.type_string(),
    own.external_id: dbt.type_string(),
}) }}
) as found
