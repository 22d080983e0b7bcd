-- Fiscal quarters from their months: sums of what flows, first and last of what stands.
with quarters as (
    select
        calendar.fiscal_quarter_start,
        min(revenue.month_start) as first_month,
        max(revenue.month_start) as last_month,
        {%- for column in ["new", "expansion", "resurrection", "contraction", "churn", "bookings", "recurring_revenue", "one_off_revenue"] %}
        {{ company.total("revenue." ~ column ~ "_cents") }} as {{ column }}_cents,
        {%- endfor %}
        {%- for column in ["new_accounts", "resurrected_accounts", "churned_accounts"] %}
        {{ company.total("revenue." ~ column) }} as {{ column }},
        {%- endfor %}
        -- A month without a cost is a month nobody told of: the quarter is then unknown too.
        case when count(revenue.campaign_cost_cents) = count(*)
            then {{ company.total("revenue.campaign_cost_cents") }} end as campaign_cost_cents
    from {{ ref("fct_revenue_month") }} as revenue
    inner join {{ ref("dim_date") }} as calendar on calendar.date_day = revenue.month_start
    group by calendar.fiscal_quarter_start
),

joined as (
    select
        quarters.*,
        first_month.start_cents,
        last_month.end_cents,
        last_month.end_accounts,
        last_month.as_of_date,
        last_month.is_complete and {{ company.add_months("quarters.fiscal_quarter_start", 2) }} = quarters.last_month as is_complete,
        last_month.net_revenue_retention,
        last_month.gross_revenue_retention,
        last_month.fiscal_quarter_name,
        last_month.fiscal_year_name,
        lag(quarters.campaign_cost_cents) over (order by quarters.fiscal_quarter_start) as cost_before_cents
    from quarters
    inner join {{ ref("fct_revenue_month") }} as first_month on first_month.month_start = quarters.first_month
    inner join {{ ref("fct_revenue_month") }} as last_month on last_month.month_start = quarters.last_month
)

select
    joined.fiscal_quarter_start,
    joined.fiscal_quarter_name,
    joined.fiscal_year_name,
    joined.as_of_date,
    joined.is_complete,
    joined.start_cents,
    joined.new_cents,
    joined.expansion_cents,
    joined.resurrection_cents,
    joined.contraction_cents,
    joined.churn_cents,
    joined.end_cents,
    joined.end_accounts,
    joined.new_accounts,
    joined.resurrected_accounts,
    joined.churned_accounts,
    joined.net_revenue_retention,
    joined.gross_revenue_retention,
    {{ company.ratio("(joined.new_cents + joined.expansion_cents + joined.resurrection_cents)", "(-(joined.contraction_cents + joined.churn_cents))") }} as quick_ratio,
    joined.bookings_cents,
    joined.recurring_revenue_cents,
    joined.one_off_revenue_cents,
    joined.campaign_cost_cents,
    {{ company.ratio("(joined.end_cents - joined.start_cents)", "joined.cost_before_cents") }} as campaign_magic_number,
    target.target_cents,
    {{ company.ratio("joined.end_cents", "target.target_cents") }} as attainment
from joined
left join {{ ref("fct_arr_target") }} as target on target.starts_on = joined.fiscal_quarter_start
