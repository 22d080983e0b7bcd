-- Fiscal quarters follow each other without a gap, have three months each and a name of their own, and the first of
-- a year begins with it.
with quarters as (
    select
        fiscal_quarter_start,
        min(date_day) as first_day,
        max(date_day) as last_day,
        max(fiscal_quarter_end) as quarter_end,
        count(distinct month_start) as months,
        count(distinct fiscal_quarter_name) as names,
        min(fiscal_quarter) as fiscal_quarter,
        min(fiscal_year_start) as fiscal_year_start
    from {{ ref("dim_date") }}
    where fiscal_quarter_start >= cast('{{ var("revenue_calendar_start") }}' as date)
        and fiscal_quarter_end < cast('{{ var("revenue_calendar_end") }}' as date)
    group by fiscal_quarter_start
)

select * from quarters
where first_day <> fiscal_quarter_start
    or last_day <> quarter_end
    or months <> 3
    or names <> 1
    or (fiscal_quarter = 1) <> (fiscal_year_start = fiscal_quarter_start)
