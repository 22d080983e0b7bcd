-- An account's ARR as spans between its changes: days are joined to it where somebody asks, instead of being
-- stored for every account. What an account swaps on one day is one change, so a change of plan is no churn.
with changes as (
    select account_id, active_from as changed_on, arr_cents as change_cents
    from {{ ref("fct_line_item") }}
    where arr_cents <> 0

    union all

    select account_id, {{ company.add_days("active_until", 1) }}, -arr_cents
    from {{ ref("fct_line_item") }}
    where arr_cents <> 0
),

by_day as (
    select
        account_id,
        changed_on,
        {{ company.total("change_cents") }} as change_cents
    from changes
    group by account_id, changed_on
    having sum(change_cents) <> 0
),

running as (
    select
        account_id,
        changed_on,
        change_cents,
        cast(sum(change_cents) over (
            partition by account_id order by changed_on rows unbounded preceding
        ) as {{ dbt.type_bigint() }}) as arr_cents,
        lead(changed_on) over (partition by account_id order by changed_on) as next_changed_on
    from by_day
)

select
    account_id || ':' || cast(changed_on as {{ dbt.type_string() }}) as arr_span_id,
    account_id,
    changed_on as valid_from,
    coalesce(next_changed_on, cast('9999-12-31' as date)) as valid_to,
    arr_cents,
    change_cents,
    max(arr_cents) over (
        partition by account_id order by changed_on rows between unbounded preceding and 1 preceding
    ) as highest_before_cents
from running
