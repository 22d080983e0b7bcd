-- A target without a quarter's ARR has no actual yet; a quarter without a target has no row.
select
    target.arr_target_id,
    target.fiscal_quarter as fiscal_quarter_name,
    target.starts_on,
    target.ends_on,
    target.arr_target_cents as target_cents,
    least(target.ends_on, as_of.as_of_date) as actual_as_of,
    arr_day.arr_cents as actual_cents,
    arr_day.arr_cents - target.arr_target_cents as difference_cents,
    {{ company.ratio("arr_day.arr_cents", "target.arr_target_cents") }} as attainment,
    target.ends_on <= as_of.as_of_date as is_complete
from {{ ref("stg_finance__arr_targets") }} as target
cross join {{ ref("int_revenue_as_of") }} as as_of
left join {{ ref("fct_arr_day") }} as arr_day
    on arr_day.arr_date = least(target.ends_on, as_of.as_of_date)
    and target.starts_on <= as_of.as_of_date
where not target.is_deleted
