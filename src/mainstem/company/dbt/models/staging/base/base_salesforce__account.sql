{%- set own = var("salesforce_fields") -%}
select
    id,
    coalesce(nullif({{ own.external_id }}, ''), id) as record_key,
    name,
    {{ company.domain_of(own.account_domain) }} as domain,
    {{ own.account_region }} as region,
    {{ own.account_plan }} as plan,
    cast({{ own.account_seats }} as {{ dbt.type_bigint() }}) as seats,
    owner_id,
    created_date as created_at,
    system_modstamp as updated_at,
    _fivetran_deleted as _deleted
from (
{{ known_columns(source("salesforce", "account"), {
    "id": dbt.type_string(),
    "created_date": company.type_moment(),
    "system_modstamp": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
    "name": dbt.type_string(),
    "owner_id": dbt.type_string(),
    own.external_id: dbt.type_string(),
    own.account_domain: dbt.type_string(),
    own.account_region: dbt.type_string(),
    own.account_plan: dbt.type_string(),
    own.account_seats: dbt.type_numeric(),
}) }}
) as found
