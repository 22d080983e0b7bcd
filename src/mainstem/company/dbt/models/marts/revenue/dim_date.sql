{% set offset = var("revenue_fiscal_month_offset") | int -%}
{% set weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] -%}
{% if var("revenue_week_start") not in weekdays -%}
  {{ exceptions.raise_compiler_error("revenue_week_start is '" ~ var("revenue_week_start") ~ "'; it must be one of " ~ weekdays | join(", ")) }}
{%- endif %}
with spine as (
    {{ dbt.date_spine(
        "day",
        "cast('" ~ var("revenue_calendar_start") ~ "' as date)",
        "cast('" ~ var("revenue_calendar_end") ~ "' as date)"
    ) }}
),

days as (
    select
        cast(date_day as date) as date_day,
        -- 0 is a Monday: the 1st of January 1900 was one.
        mod({{ dbt.datediff("cast('1900-01-01' as date)", "date_day", "day") }}, 7) as weekday
    from spine
),

fiscal as (
    select
        *,
        {{ company.first_of_fiscal("year", "date_day") }} as fiscal_year_start,
        {{ company.first_of_fiscal("quarter", "date_day") }} as fiscal_quarter_start,
        -- The month that stands where this one would if fiscal years began in January.
        {{ company.add_months(company.first_of("month", "date_day"), -offset) }} as fiscal_month
    from days
)

select
    date_day,
    cast(extract(year from date_day) as {{ dbt.type_int() }}) as calendar_year,
    cast(extract(quarter from date_day) as {{ dbt.type_int() }}) as calendar_quarter,
    cast(extract(month from date_day) as {{ dbt.type_int() }}) as calendar_month,
    {{ company.first_of("month", "date_day") }} as month_start,
    {{ company.add_days(company.add_months(company.first_of("month", "date_day"), 1), -1) }} as month_end,
    {{ company.first_of("quarter", "date_day") }} as quarter_start,
    cast(
        {{ dbt.dateadd("day", "-mod(weekday + 7 - " ~ weekdays.index(var("revenue_week_start")) ~ ", 7)", "date_day") }}
    as date) as week_start,
    cast(weekday + 1 as {{ dbt.type_int() }}) as day_of_week,
    weekday >= 5 as is_weekend,
    cast(extract(year from fiscal_month) as {{ dbt.type_int() }}) as fiscal_year,
    cast(extract(quarter from fiscal_month) as {{ dbt.type_int() }}) as fiscal_quarter,
    cast(extract(month from fiscal_month) as {{ dbt.type_int() }}) as fiscal_month,
    'FY' || cast(extract(year from fiscal_month) as {{ dbt.type_string() }}) as fiscal_year_name,
    'FY' || cast(extract(year from fiscal_month) as {{ dbt.type_string() }})
        || '-Q' || cast(extract(quarter from fiscal_month) as {{ dbt.type_string() }}) as fiscal_quarter_name,
    fiscal_year_start,
    fiscal_quarter_start,
    {{ company.add_days(company.add_months("fiscal_quarter_start", 3), -1) }} as fiscal_quarter_end
from fiscal
