-- Accounts' first new business that was won, and the ARR it began with, in cents: for each line item
-- 365 × total / (days + 1 − leap days in the term), one of zero days has none.
with opportunities as (
    select
        opportunities.opportunity_id,
        opportunities.licence_id,
        accounts.canonical_account_id as account_id,
        -- A date nobody can have signed on says nothing; the account was written down when it was won.
        coalesce(
            case
                when opportunities.close_date between cast(accounts.created_at as date)
                    and {{ company.date_after(company.utc_date("now.as_of"), 1) }}
                    then {{ company.utc_midnight("opportunities.close_date") }}
            end,
            accounts.created_at,
            opportunities.created_at
        ) as won_at
    from {{ ref("stg_crm__opportunities") }} as opportunities
    inner join {{ ref("int_journey_account") }} as accounts on accounts.account_id = opportunities.account_id
    cross join {{ ref("int_journey_as_of") }} as now
    where opportunities.stage = 'closed won'
        and opportunities.opportunity_type in (
            {%- for type in var("journey_new_business_types") %}'{{ type }}'{{ ", " if not loop.last }}{% endfor -%}
        )
        and not opportunities.is_deleted
),

worth as (
    select
        opportunity_id,
        sum(
            round(
                365 * round(total_price * 100)
                / (
                    {{ dbt.datediff("start_date", "end_date", "day") }} + 1
                    - ({{ company.leap_days_until("end_date") }}
                        - {{ company.leap_days_until(company.date_after("start_date", -1)) }})
                )
            )
        ) as arr_cents
    from {{ ref("stg_crm__opportunity_line_items") }}
    where end_date > start_date
        and not is_deleted
    group by opportunity_id
),

ranked as (
    select
        opportunities.*,
        worth.arr_cents,
        row_number() over (
            partition by opportunities.account_id order by opportunities.won_at, opportunities.opportunity_id
        ) as place
    from opportunities
    left join worth on worth.opportunity_id = opportunities.opportunity_id
)

select
    opportunity_id,
    account_id,
    licence_id,
    won_at,
    cast(arr_cents as {{ dbt.type_bigint() }}) as arr_cents
from ranked
where place = 1
