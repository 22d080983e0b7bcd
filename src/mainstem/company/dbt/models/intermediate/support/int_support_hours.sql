-- When each office is open: an interval a row, in UTC, up to the opening of the next. Its clock changes with summer
-- time, so both ends are converted on their own. A row before all of them holds the time before the first.
with span as (
    select
        {{ company.add_days(utc_date("min(ticket.created_at)"), -8) }} as first_day,
        {{ company.add_days(utc_date("max(today.as_of)"), 60) }} as last_day
    from {{ ref("stg_support__tickets") }} as ticket
    cross join {{ ref("int_support_as_of") }} as today
),

days as (
    select
        dates.date_day,
        -- Minutes of the week begin on a Sunday: the 31st of December 1899 was one.
        1440 * mod({{ dbt.datediff("cast('1899-12-31' as date)", "dates.date_day", "day") }}, 7) as minute_of_week
    from {{ ref("dim_date") }} as dates
    inner join span on dates.date_day >= span.first_day and dates.date_day <= span.last_day
),

opened as (
    select
        schedule.schedule_id,
        {{ company.moment_in_zone(dbt.dateadd("minute", "schedule.opens_at_minute - days.minute_of_week", "cast(days.date_day as timestamp)"), "schedule.time_zone") }} as opens_at,
        {{ company.moment_in_zone(dbt.dateadd("minute", "schedule.closes_at_minute - days.minute_of_week", "cast(days.date_day as timestamp)"), "schedule.time_zone") }} as closes_at
    from {{ ref("stg_support__schedules") }} as schedule
    inner join days
        on schedule.opens_at_minute >= days.minute_of_week
        and schedule.opens_at_minute < days.minute_of_week + 1440
    left join {{ ref("stg_support__holidays") }} as holiday
        on holiday.schedule_id = schedule.schedule_id
        and not holiday.is_deleted
        and days.date_day between holiday.first_day and holiday.last_day
    where not schedule.is_deleted
        and holiday.holiday_id is null
),

with_first as (
    select schedule_id, opens_at, closes_at from opened
    union all
    select
        schedule_id,
        {{ dbt.dateadd("day", -3650, "min(opens_at)") }},
        {{ dbt.dateadd("day", -3650, "min(opens_at)") }}
    from opened
    group by schedule_id
),

measured as (
    select
        *,
        {{ dbt.datediff("opens_at", "closes_at", "second") }} as open_for
    from with_first
)

select
    schedule_id,
    opens_at,
    closes_at,
    coalesce(lead(opens_at) over (partition by schedule_id order by opens_at), {{ dbt.dateadd("day", 3650, "closes_at") }}) as next_opens_at,
    cast(open_for as {{ dbt.type_bigint() }}) as open_seconds,
    cast(sum(open_for) over (partition by schedule_id order by opens_at rows between unbounded preceding and current row) - open_for as {{ dbt.type_bigint() }}) as seconds_before
from measured
