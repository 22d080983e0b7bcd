-- The other way round: line items that run on a day, added up, are that day's ARR. Looked at on month's ends
-- and on the last day.
with looked_at as (
    select arr_date, arr_cents
    from {{ ref("fct_arr_day") }}
    where arr_date in (select month_end from {{ ref("dim_date") }})
        or arr_date in (select as_of_date from {{ ref("int_revenue_as_of") }})
),

counted as (
    select
        looked_at.arr_date,
        looked_at.arr_cents,
        {{ company.total("line_item.arr_cents") }} as line_item_cents
    from looked_at
    left join {{ ref("fct_line_item") }} as line_item
        on looked_at.arr_date between line_item.active_from and line_item.active_until
    group by looked_at.arr_date, looked_at.arr_cents
)

select * from counted where arr_cents <> line_item_cents
