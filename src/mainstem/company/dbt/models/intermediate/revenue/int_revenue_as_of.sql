-- "Today" is the newest day of which any system told, so that the same rows give the same numbers on any
-- day, and a connector that stands still does not read as customers leaving.
with told as (
    select max(updated_at) as told_at from {{ ref("stg_crm__accounts") }}
    union all
    select max(updated_at) from {{ ref("stg_crm__opportunities") }}
    union all
    select max(updated_at) from {{ ref("stg_crm__opportunity_line_items") }}
    union all
    select max(updated_at) from {{ ref("stg_support__tickets") }}
    union all
    select max(updated_at) from {{ ref("stg_marketing__campaign_costs") }}
    union all
    select max(reported_at) from {{ ref("stg_servers__activity") }}
)

select
    {%- if var("revenue_as_of_date") %}
    max(cast('{{ var("revenue_as_of_date") }}' as date)) as as_of_date
    {%- else %}
    {{ utc_date("max(told_at)") }} as as_of_date
    {%- endif %}
from told
