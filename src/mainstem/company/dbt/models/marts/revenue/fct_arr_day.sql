-- Totals by day from the days on which something moved: as many rows as days, however many accounts.
with moved as (
    select
        moved_on,
        {%- for kind in ["new", "expansion", "resurrection", "contraction", "churn"] %}
        {{ company.total("case when movement_type = '" ~ kind ~ "' then change_cents else 0 end") }} as {{ kind }}_cents,
        {%- endfor %}
        {{ company.total("change_cents") }} as change_cents,
        {{ company.total("case when movement_type in ('new', 'resurrection') then 1 when movement_type = 'churn' then -1 else 0 end") }} as change_accounts
    from {{ ref("fct_arr_movement") }}
    group by moved_on
),

days as (
    select calendar.date_day
    from {{ ref("dim_date") }} as calendar
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where calendar.date_day <= as_of.as_of_date
        and calendar.date_day >= (select min(moved_on) from moved)
),

joined as (
    select
        days.date_day,
        {%- for column in ["new_cents", "expansion_cents", "resurrection_cents", "contraction_cents", "churn_cents", "change_cents", "change_accounts"] %}
        coalesce(moved.{{ column }}, 0) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from days
    left join moved on moved.moved_on = days.date_day
),

running as (
    select
        *,
        cast(sum(change_cents) over (order by date_day rows unbounded preceding) as {{ dbt.type_bigint() }}) as end_cents,
        cast(sum(change_accounts) over (order by date_day rows unbounded preceding) as {{ dbt.type_bigint() }}) as accounts
    from joined
)

select
    date_day as arr_date,
    end_cents - change_cents as start_cents,
    new_cents,
    expansion_cents,
    resurrection_cents,
    contraction_cents,
    churn_cents,
    end_cents as arr_cents,
    accounts
from running
