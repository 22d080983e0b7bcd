-- What ARR was, what moved it and what it is add up, on every day; and the day begins as the last one ended.
with days as (
    select
        *,
        lag(arr_cents, 1, 0) over (order by arr_date) as ended_before
    from {{ ref("fct_arr_day") }}
)

select * from days
where start_cents + new_cents + expansion_cents + resurrection_cents + contraction_cents + churn_cents <> arr_cents
    or start_cents <> ended_before
    or new_cents < 0 or expansion_cents < 0 or resurrection_cents < 0
    or contraction_cents > 0 or churn_cents > 0
