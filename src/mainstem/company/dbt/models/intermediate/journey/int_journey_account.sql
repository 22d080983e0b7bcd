-- Accounts as journeys name them: where identity knows two rows of the CRM to be one company, the one that stays.
select
    accounts.account_id,
    {% if var("journey_identity") -%}
    coalesce(identity.canonical_account_id, accounts.account_id) as canonical_account_id,
    {%- else -%}
    accounts.account_id as canonical_account_id,
    {%- endif %}
    accounts.created_at
from {{ ref("stg_crm__accounts") }} as accounts
{%- if var("journey_identity") %}
left join {{ ref("dim_account_identity") }} as identity on identity.account_id = accounts.account_id
{%- endif %}
