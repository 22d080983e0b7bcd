-- The day from which a metric speaks for a given share of servers: the first on which the mean coverage of the
-- week that ends on it reached the share, since a small fleet wavers from day to day.
{%- set shares = var("product_coverage_milestones") %}
with weeks as (
    select
        metric,
        day,
        n_active,
        avg(coverage_servers) over (partition by metric order by day rows between 6 preceding and current row) as coverage_servers,
        avg(coverage_seats) over (partition by metric order by day rows between 6 preceding and current row) as coverage_seats,
        count(*) over (partition by metric order by day rows between 6 preceding and current row) as n_days
    from {{ ref("fct_metric_coverage") }}
),

newest as (
    select metric, max(day) as day from weeks group by metric
),

-- A release that no server ever ran came out no later than the next one that some did.
releases as (
    select
        planned.metric,
        max(planned.introduced_in_version) as introduced_in_version,
        min(version.release_date) as introduced_date
    from {{ ref("dim_event_schema") }} as planned
    left join {{ ref("dim_version") }} as version on version.version_sort >= planned.introduced_sort
    group by planned.metric
),

milestones as (
    {% for share in shares %}
    select
        metric, cast({{ share }} as double) as share,
        min(case when coverage_servers >= {{ share }} then day end) as reached_by_servers_date,
        min(case when coverage_seats >= {{ share }} then day end) as reached_by_seats_date
    from weeks
    where n_days = 7 and n_active >= {{ var("product_least_in_cell") }}
    group by metric
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    milestones.metric || ':' || cast(milestones.share as {{ dbt.type_string() }}) as milestone_id,
    milestones.metric,
    milestones.share,
    releases.introduced_in_version,
    releases.introduced_date,
    milestones.reached_by_servers_date,
    milestones.reached_by_seats_date,
    {{ dbt.datediff("releases.introduced_date", "milestones.reached_by_servers_date", "day") }} as days_to_reach,
    weeks.coverage_servers as coverage_now
from milestones
inner join releases on releases.metric = milestones.metric
inner join newest on newest.metric = milestones.metric
inner join weeks on weeks.metric = newest.metric and weeks.day = newest.day
