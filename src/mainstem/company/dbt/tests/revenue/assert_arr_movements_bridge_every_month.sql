-- A month's start and its movements are its end, in dollars and in accounts; the next begins where it ended.
with months as (
    select
        *,
        lag(end_cents, 1, 0) over (order by month_start) as ended_before,
        lag(end_accounts, 1, 0) over (order by month_start) as accounts_before
    from {{ ref("fct_revenue_month") }}
)

select * from months
where start_cents + new_cents + expansion_cents + resurrection_cents + contraction_cents + churn_cents <> end_cents
    or start_cents <> ended_before
    or start_accounts + new_accounts + resurrected_accounts - churned_accounts <> end_accounts
    or start_accounts <> accounts_before
    or gross_revenue_retention > 1
    or gross_revenue_retention > net_revenue_retention
