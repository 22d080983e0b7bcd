-- A quarter that has not begun has no actual yet; one without a target has no row. Before the first sale ARR was
-- 0; where nothing was ever sold, or no CRM tells, it is unknown.
with first_sale as (
    select min(arr_date) as first_day from {{ ref("fct_arr_day") }}
),

actuals as (
    select
        target.arr_target_id,
        least(target.ends_on, as_of.as_of_date) as actual_as_of,
        target.ends_on <= as_of.as_of_date as is_complete,
        case
            when target.starts_on > as_of.as_of_date then null
            when least(target.ends_on, as_of.as_of_date) < first_sale.first_day then 0
            else arr_day.arr_cents
        end as actual_cents
    from {{ ref("stg_finance__arr_targets") }} as target
    cross join {{ ref("int_revenue_as_of") }} as as_of
    cross join first_sale
    left join {{ ref("fct_arr_day") }} as arr_day on arr_day.arr_date = least(target.ends_on, as_of.as_of_date)
)

select
    target.arr_target_id,
    target.fiscal_quarter as fiscal_quarter_name,
    target.starts_on,
    target.ends_on,
    target.arr_target_cents as target_cents,
    actuals.actual_as_of,
    actuals.actual_cents,
    actuals.actual_cents - target.arr_target_cents as difference_cents,
    {{ company.ratio("actuals.actual_cents", "target.arr_target_cents") }} as attainment,
    actuals.is_complete
from {{ ref("stg_finance__arr_targets") }} as target
inner join actuals on actuals.arr_target_id = target.arr_target_id
where not target.is_deleted
