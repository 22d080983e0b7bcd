-- Why ARR changed, at the level of accounts: a swap of products on one day is one movement or none. Who comes
-- back within some days after a term ended signed late; both movements stand, and say so.
{% set late_days = var("revenue_late_renewal_days") | int -%}
with spans as (
    select
        *,
        arr_cents - change_cents as arr_before_cents,
        lag(valid_from) over (partition by account_id order by valid_from) as previous_from,
        lead(arr_cents) over (partition by account_id order by valid_from) as next_arr_cents
    from {{ ref("fct_arr_span") }}
),

named as (
    select
        spans.*,
        case
            when arr_before_cents <= 0 and arr_cents > 0
                then case when highest_before_cents > 0 then 'resurrection' else 'new' end
            when arr_before_cents > 0 and arr_cents <= 0 then 'churn'
            when change_cents > 0 then 'expansion'
            else 'contraction'
        end as movement_type
    from spans
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where spans.valid_from <= as_of.as_of_date
)

select
    arr_span_id as movement_id,
    account_id,
    valid_from as moved_on,
    movement_type,
    change_cents,
    arr_before_cents,
    arr_cents as arr_after_cents,
    case
        when movement_type = 'churn' then coalesce(
            next_arr_cents > 0 and {{ dbt.datediff("valid_from", "valid_to", "day") }} <= {{ late_days }}, false
        )
        when movement_type = 'resurrection'
            then coalesce({{ dbt.datediff("previous_from", "valid_from", "day") }} <= {{ late_days }}, false)
        else false
    end as is_late_renewal
from named
