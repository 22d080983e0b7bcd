{%- set own = var("salesforce_fields") -%}
select
    id,
    coalesce(nullif({{ own.external_id }}, ''), id) as record_key,
    name,
    account_id,
    type,
    lower(trim(stage_name)) as stage,
    {{ utc_date("close_date") }} as close_date,
    amount,
    {{ own.opportunity_licence }} as licence_key,
    owner_id,
    campaign_id,
    created_date as created_at,
    system_modstamp as updated_at,
    _fivetran_deleted as _deleted
from (
{{ known_columns(source("salesforce", "opportunity"), {
    "id": dbt.type_string(),
    "created_date": company.type_moment(),
    "system_modstamp": company.type_moment(),
    "_fivetran_deleted": dbt.type_boolean(),
    "name": dbt.type_string(),
    "account_id": dbt.type_string(),
    "type": dbt.type_string(),
    "stage_name": dbt.type_string(),
    "close_date": company.type_moment(),
    "amount": dbt.type_numeric(),
    "owner_id": dbt.type_string(),
    "campaign_id": dbt.type_string(),
    own.external_id: dbt.type_string(),
    own.opportunity_licence: dbt.type_string(),
}) }}
) as found
