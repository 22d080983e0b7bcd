-- Accounts' first new business that was won, and the ARR it began with, as revenue counts it.
with worth as (
    select opportunity_id, sum(arr_cents) as arr_cents
    from {{ ref("fct_line_item") }}
    group by opportunity_id
),

ranked as (
    select
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.licence_id,
        {{ company.utc_midnight("opportunities.close_date") }} as won_at,
        worth.arr_cents,
        row_number() over (
            partition by opportunities.account_id order by opportunities.close_date, opportunities.opportunity_id
        ) as place
    from {{ ref("int_opportunities") }} as opportunities
    left join worth on worth.opportunity_id = opportunities.opportunity_id
    where opportunities.is_won
        and opportunities.close_date is not null
        and opportunities.opportunity_type in (
            {%- for type in var("journey_new_business_types") %}'{{ type }}'{{ ", " if not loop.last }}{% endfor -%}
        )
)

select
    opportunity_id,
    account_id,
    licence_id,
    won_at,
    cast(arr_cents as {{ dbt.type_bigint() }}) as arr_cents
from ranked
where place = 1
