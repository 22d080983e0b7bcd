-- How long after a release servers came to run it or a later one: Kaplan and Meier's estimate, which lets servers
-- that went silent count for as long as they were seen, and those first seen later from that day on.
with lives as (
    select server_id, first_reported_date, last_reported_date
    from {{ ref("dim_server") }}
    where not is_excluded and first_reported_date is not null
),

-- The first day on a release or a later one.
reached as (
    select version.version_sort, spans.server_id, min(spans.first_date) as reached_date
    from {{ ref("dim_version") }} as version
    inner join {{ ref("int_server_version_month") }} as spans
        on spans.version_sort >= version.version_sort
    group by version.version_sort, spans.server_id
),

risks as (
    select
        version.version_sort,
        lives.server_id,
        greatest(0, {{ dbt.datediff("version.release_date", "lives.first_reported_date", "day") }}) as entered,
        {{ dbt.datediff("version.release_date", "coalesce(reached.reached_date, lives.last_reported_date)", "day") }} as left_after,
        case when reached.reached_date is not null then 1 else 0 end as has_upgraded
    from {{ ref("dim_version") }} as version
    cross join lives
    left join reached
        on reached.version_sort = version.version_sort
        and reached.server_id = lives.server_id
    where coalesce(reached.reached_date, lives.last_reported_date) >= version.release_date
        -- One that began on the release or a later one never had to wait for it.
        and coalesce(reached.reached_date > lives.first_reported_date or reached.reached_date = version.release_date, true)
),

-- A server that enters on a day is at risk from the next one on; from the release day those who were there are.
changes as (
    select version_sort, case when entered = 0 then 0 else entered + 1 end as lag_days, 1 as enters, 0 as leaves, 0 as upgrades
    from risks
    union all
    select version_sort, left_after, 0, 1, has_upgraded
    from risks
),

days as (
    select version_sort, lag_days, sum(enters) as enters, sum(leaves) as leaves, sum(upgrades) as upgrades
    from changes
    group by version_sort, lag_days
),

at_risk as (
    select
        *,
        sum(enters) over (partition by version_sort order by lag_days rows between unbounded preceding and current row)
            - coalesce(sum(leaves) over (partition by version_sort order by lag_days rows between unbounded preceding and 1 preceding), 0) as n_at_risk
    from days
),

survival as (
    select
        *,
        case when upgrades >= n_at_risk then 1 else 0 end as is_last,
        case when upgrades < n_at_risk then ln(1 - 1.0 * upgrades / n_at_risk) else 0 end as step,
        case when upgrades < n_at_risk then 1.0 * upgrades / (n_at_risk * (n_at_risk - upgrades)) else 0 end as greenwood
    from at_risk
    where upgrades > 0
),

curve as (
    select
        *,
        case
            when max(is_last) over (partition by version_sort order by lag_days rows between unbounded preceding and current row) = 1 then 0
            else exp(sum(step) over (partition by version_sort order by lag_days rows between unbounded preceding and current row))
        end as share_waiting,
        sum(greenwood) over (partition by version_sort order by lag_days rows between unbounded preceding and current row) as greenwood_sum
    from survival
)

select
    cast(curve.version_sort as {{ dbt.type_string() }}) || ':' || cast(curve.lag_days as {{ dbt.type_string() }}) as upgrade_lag_id,
    version.version,
    version.version_sort,
    version.release_number,
    version.release_date,
    curve.lag_days,
    cast(curve.n_at_risk as {{ dbt.type_bigint() }}) as n_at_risk,
    cast(curve.upgrades as {{ dbt.type_bigint() }}) as n_upgraded,
    round(1 - curve.share_waiting, 9) as share_upgraded,
    curve.share_waiting * sqrt(curve.greenwood_sum) as standard_error,
    min(case when round(curve.share_waiting, 9) <= 0.5 then curve.lag_days end) over (partition by curve.version_sort) as median_lag_days
from curve
inner join {{ ref("dim_version") }} as version on version.version_sort = curve.version_sort
