-- What was recognised of terms that are over is their price; one that runs is recognised up to today.
with as_of as (
    select max(as_of_date) as as_of_date, {{ company.total("recurring_revenue_cents") }} as recognised_cents
    from {{ ref("fct_revenue_month") }}
),

expected as (
    select {{ company.total(
        company.divided_evenly(
            "(line_item.total_cents * (" ~ dbt.datediff("line_item.active_from", "least(line_item.active_until, as_of.as_of_date)", "day") ~ " + 1))",
            "(" ~ dbt.datediff("line_item.active_from", "line_item.active_until", "day") ~ " + 1)"
        )
    ) }} as expected_cents
    from {{ ref("fct_line_item") }} as line_item
    inner join as_of on line_item.active_from <= as_of.as_of_date
)

select as_of.recognised_cents, expected.expected_cents
from as_of
cross join expected
where as_of.recognised_cents <> expected.expected_cents
