-- From what was signed in a month to how ARR changed in it, by line items; every step is a column and the
-- columns add up. What has no ARR that could be told leaves by a column of its own.
with months as (
    select distinct month_start, month_end
    from {{ ref("dim_date") }}
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where month_start <= as_of.as_of_date
        and date_day >= (select least(coalesce(min(close_date), min(active_from)), coalesce(min(active_from), min(close_date))) from {{ ref("fct_line_item") }})
),

booked as (
    select
        {{ company.first_of("month", "close_date") }} as month_start,
        {{ company.total("case when total_cents >= 0 then total_cents else 0 end") }} as bookings_cents,
        {{ company.total("case when total_cents < 0 then total_cents else 0 end") }} as credit_cents,
        {{ company.total("case when arr_rule = 'impossible' then -total_cents else 0 end") }} as unknown_cents,
        {{ company.total("case when arr_rule in ('one_off', 'replaced') then -total_cents else 0 end") }} as one_off_cents,
        {{ company.total("case when active_from is not null and term_kind = 'multi_year' then arr_cents - total_cents else 0 end") }} as multi_year_cents,
        {{ company.total("case when active_from is not null and term_kind = 'part_year' then arr_cents - total_cents else 0 end") }} as part_year_cents,
        {{ company.total("case when active_from is not null and term_kind = 'annual' then arr_cents - total_cents else 0 end") }} as leap_cents
    from {{ ref("fct_line_item") }}
    group by {{ company.first_of("month", "close_date") }}
),

booked_for_other_months as (
    select
        {{ company.first_of("month", "close_date") }} as month_start,
        {{ company.total("-arr_cents") }} as future_dated_cents
    from {{ ref("fct_line_item") }}
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where active_from is not null
        and (
            {{ company.first_of("month", "active_from") }} <> {{ company.first_of("month", "close_date") }}
            or active_from > as_of.as_of_date
        )
    group by {{ company.first_of("month", "close_date") }}
),

begun as (
    select
        {{ company.first_of("month", "active_from") }} as month_start,
        {{ company.total("arr_cents") }} as begun_from_others_cents
    from {{ ref("fct_line_item") }}
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where active_from <= as_of.as_of_date
        and ({{ company.first_of("month", "active_from") }} <> {{ company.first_of("month", "close_date") }} or close_date is null)
    group by {{ company.first_of("month", "active_from") }}
),

ended as (
    select
        {{ company.first_of("month", company.add_days("active_until", 1)) }} as month_start,
        {{ company.total("-arr_cents") }} as ended_cents
    from {{ ref("fct_line_item") }}
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where {{ company.add_days("active_until", 1) }} <= as_of.as_of_date
    group by {{ company.first_of("month", company.add_days("active_until", 1)) }}
)

select
    months.month_start,
    {%- for table, columns in {
        "booked": ["bookings_cents", "credit_cents", "unknown_cents", "one_off_cents", "multi_year_cents", "part_year_cents", "leap_cents"],
        "booked_for_other_months": ["future_dated_cents"],
        "begun": ["begun_from_others_cents"],
        "ended": ["ended_cents"],
    }.items() %}
    {%- for column in columns %}
    coalesce({{ table }}.{{ column }}, 0) as {{ column }},
    {%- endfor %}
    {%- endfor %}
    coalesce(booked.bookings_cents + booked.credit_cents + booked.unknown_cents + booked.one_off_cents
        + booked.multi_year_cents + booked.part_year_cents + booked.leap_cents, 0) as booked_arr_cents,
    coalesce(booked.bookings_cents + booked.credit_cents + booked.unknown_cents + booked.one_off_cents
        + booked.multi_year_cents + booked.part_year_cents + booked.leap_cents, 0)
        + coalesce(booked_for_other_months.future_dated_cents, 0)
        + coalesce(begun.begun_from_others_cents, 0)
        + coalesce(ended.ended_cents, 0) as arr_change_cents
from months
left join booked on booked.month_start = months.month_start
left join booked_for_other_months on booked_for_other_months.month_start = months.month_start
left join begun on begun.month_start = months.month_start
left join ended on ended.month_start = months.month_start
