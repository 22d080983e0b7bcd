-- A month's movements as they happened day by day, so that they bridge its start to its end; and what became
-- of accounts over the month and over a year. A rate is NULL where there was nothing to keep.
{% set back = var("revenue_retention_months") | int -%}
with days as (
    select
        {{ company.first_of("month", "arr_date") }} as month_start,
        min(arr_date) as first_day,
        max(arr_date) as last_day,
        {%- for kind in ["new", "expansion", "resurrection", "contraction", "churn"] %}
        {{ company.total(kind ~ "_cents") }} as {{ kind }}_cents{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref("fct_arr_day") }}
    group by {{ company.first_of("month", "arr_date") }}
),

months as (
    select
        days.*,
        first_day.start_cents,
        last_day.arr_cents as end_cents,
        last_day.accounts as end_accounts,
        {{ company.add_days("days.month_start", -1) }} as start_on,
        {{ company.add_days(company.add_months("days.month_start", 1 - back), -1) }} as cohort_on,
        {{ company.add_days(company.add_months("days.month_start", 1), -1) }} = days.last_day as is_complete
    from days
    inner join {{ ref("fct_arr_day") }} as first_day on first_day.arr_date = days.first_day
    inner join {{ ref("fct_arr_day") }} as last_day on last_day.arr_date = days.last_day
),

logos as (
    select
        {{ company.first_of("month", "moved_on") }} as month_start,
        {%- for kind in ["new", "resurrection", "churn"] %}
        {{ company.total("case when movement_type = '" ~ kind ~ "' then 1 else 0 end") }} as {{ kind }}_accounts,
        {%- endfor %}
        {{ company.total("case when movement_type = 'churn' and is_late_renewal then 1 else 0 end") }} as late_renewal_accounts
    from {{ ref("fct_arr_movement") }}
    group by {{ company.first_of("month", "moved_on") }}
),

{% for cohort, began in {"month_cohort": "start_on", "year_cohort": "cohort_on"}.items() -%}
{{ cohort }} as (
    select
        months.month_start,
        cast(count(*) as {{ dbt.type_bigint() }}) as accounts,
        {{ company.total("began.arr_cents") }} as began_cents,
        {{ company.total("case when coalesce(ended.arr_cents, 0) <= 0 then 1 else 0 end") }} as lost_accounts,
        {{ company.total("greatest(coalesce(ended.arr_cents, 0), 0)") }} as ended_cents,
        {{ company.total("least(greatest(coalesce(ended.arr_cents, 0), 0), began.arr_cents)") }} as kept_cents
    from months
    inner join {{ ref("fct_arr_span") }} as began
        on months.{{ began }} >= began.valid_from
        and months.{{ began }} < began.valid_to
        and began.arr_cents > 0
    left join {{ ref("fct_arr_span") }} as ended
        on ended.account_id = began.account_id
        and months.last_day >= ended.valid_from
        and months.last_day < ended.valid_to
    group by months.month_start
),

{% endfor -%}
booked as (
    select
        {{ company.first_of("month", "booked_on") }} as month_start,
        {{ company.total("booking_cents") }} as bookings_cents
    from {{ ref("fct_booking") }}
    group by {{ company.first_of("month", "booked_on") }}
),

spent as (
    select
        {{ company.first_of("month", '"month"') }} as month_start,
        sum({{ company.cents("cost") }}) as campaign_cost_cents
    from {{ ref("stg_marketing__campaign_costs") }}
    where not is_deleted
        and upper(trim(currency)) = 'USD'
    group by {{ company.first_of("month", '"month"') }}
),

-- Straight over each term's days. Cents are given to the days up to a month's end, less those given before,
-- so that a term's months add up to its price.
recognised_terms as (
    select
        line_item_id,
        total_cents,
        active_from,
        active_until,
        {{ dbt.datediff("active_from", "active_until", "day") }} + 1 as term_days
    from {{ ref("fct_line_item") }}
    where active_from is not null
),

recognised as (
    select
        months.month_start,
        {{ company.total(
            company.divided_evenly("(term.total_cents * (" ~ dbt.datediff("term.active_from", "least(term.active_until, months.last_day)", "day") ~ " + 1))", "term.term_days")
            ~ " - " ~
            company.divided_evenly("(term.total_cents * greatest(" ~ dbt.datediff("term.active_from", "months.month_start", "day") ~ ", 0))", "term.term_days")
        ) }} as recurring_revenue_cents
    from months
    inner join recognised_terms as term
        on term.active_from <= months.last_day
        and term.active_until >= months.month_start
    group by months.month_start
),

one_offs as (
    select
        {{ company.first_of("month", "term_start") }} as month_start,
        {{ company.total("total_cents") }} as one_off_revenue_cents
    from {{ ref("fct_line_item") }}
    where arr_rule = 'one_off'
    group by {{ company.first_of("month", "term_start") }}
)

select
    months.month_start,
    months.last_day as as_of_date,
    months.is_complete,
    calendar.fiscal_quarter_name,
    calendar.fiscal_year_name,
    months.start_cents,
    months.new_cents,
    months.expansion_cents,
    months.resurrection_cents,
    months.contraction_cents,
    months.churn_cents,
    months.end_cents,
    months.end_accounts - coalesce(logos.new_accounts + logos.resurrection_accounts - logos.churn_accounts, 0) as start_accounts,
    coalesce(logos.new_accounts, 0) as new_accounts,
    coalesce(logos.resurrection_accounts, 0) as resurrected_accounts,
    coalesce(logos.churn_accounts, 0) as churned_accounts,
    coalesce(logos.late_renewal_accounts, 0) as late_renewal_accounts,
    months.end_accounts,
    coalesce(month_cohort.lost_accounts, 0) as lost_accounts,
    {{ company.ratio("month_cohort.lost_accounts", "month_cohort.accounts") }} as logo_churn_rate,
    year_cohort.began_cents as retention_base_cents,
    year_cohort.ended_cents as retention_net_cents,
    year_cohort.kept_cents as retention_gross_cents,
    {{ company.ratio("year_cohort.ended_cents", "year_cohort.began_cents") }} as net_revenue_retention,
    {{ company.ratio("year_cohort.kept_cents", "year_cohort.began_cents") }} as gross_revenue_retention,
    {{ company.ratio("(months.new_cents + months.expansion_cents + months.resurrection_cents)", "(-(months.contraction_cents + months.churn_cents))") }} as quick_ratio,
    coalesce(booked.bookings_cents, 0) as bookings_cents,
    coalesce(recognised.recurring_revenue_cents, 0) as recurring_revenue_cents,
    coalesce(one_offs.one_off_revenue_cents, 0) as one_off_revenue_cents,
    cast(spent.campaign_cost_cents as {{ dbt.type_bigint() }}) as campaign_cost_cents,
    {{ company.ratio("spent.campaign_cost_cents * 12", "(months.new_cents * " ~ var("revenue_gross_margin") ~ ")") }} as campaign_payback_months
from months
left join {{ ref("dim_date") }} as calendar on calendar.date_day = months.month_start
left join logos on logos.month_start = months.month_start
left join month_cohort on month_cohort.month_start = months.month_start
left join year_cohort on year_cohort.month_start = months.month_start
left join booked on booked.month_start = months.month_start
left join recognised on recognised.month_start = months.month_start
left join one_offs on one_offs.month_start = months.month_start
left join spent on spent.month_start = months.month_start
