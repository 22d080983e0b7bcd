-- Every cent of every campaign is in its month once, whether anybody was brought or not.
with spent as (
    select {{ company.total(company.cents("cost")) }} as cents
    from {{ ref("stg_marketing__campaign_costs") }}
    where not is_deleted
        and upper(trim(currency)) = 'USD'
),

told as (
    select {{ company.total("cost_cents") }} as cents from {{ ref("fct_campaign_month") }}
)

select spent.cents as spent_cents, told.cents as told_cents
from spent
cross join told
where spent.cents <> told.cents
