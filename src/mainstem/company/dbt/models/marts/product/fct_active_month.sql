-- Active servers of a month: those that told, those seen at all, and with those on no list (Chapman); and the
-- people who did something on servers that tell. No number of people can be told of a sample.
{%- set z = company.interval_z() %}
with fleet as (
    select
        month,
        sum(n_told) as n_told,
        sum(n_pinged) as n_pinged,
        sum(n_both) as n_both,
        sum(n_seen) as n_seen,
        sum(n_estimated) as n_estimated,
        sum(variance) as variance
    from (
        select distinct month, edition_group, n_told, n_pinged, n_both, n_seen, n_estimated, variance
        from {{ ref("int_active_servers_month") }}
    ) as editions
    group by month
),

people as (
    select users.month, cast(sum(users.users) as {{ dbt.type_bigint() }}) as users, count(*) as servers
    from {{ ref("int_server_user_month") }} as users
    inner join {{ ref("dim_server") }} as server
        on server.server_id = users.server_id and not server.is_excluded
    group by users.month
),

unseen as (
    select
        fleet.*,
        n_estimated - n_seen as n_unseen,
        -- The interval of what nobody saw is symmetric in the logarithm, and so never below nothing.
        exp({{ z }} * sqrt(ln(1 + variance / power(nullif(n_estimated - n_seen, 0), 2)))) as factor
    from fleet
),

sampled as (
    select distinct fleet.month
    from fleet
    inner join {{ ref("dim_sampled_era") }} as era
        on fleet.month <= era.last_date
        and {{ company.add_days(dbt.dateadd("month", 1, "fleet.month"), 0) }} > era.first_date
)

select
    unseen.month,
    cast(unseen.n_told as {{ dbt.type_bigint() }}) as servers_with_telemetry,
    cast(unseen.n_pinged as {{ dbt.type_bigint() }}) as servers_with_version_ping,
    cast(unseen.n_seen as {{ dbt.type_bigint() }}) as servers_seen,
    unseen.n_estimated as servers_estimated,
    unseen.n_seen + coalesce(unseen.n_unseen / unseen.factor, 0) as servers_ci_low,
    unseen.n_seen + coalesce(unseen.n_unseen * unseen.factor, 0) as servers_ci_high,
    unseen.n_both >= {{ var("product_least_overlap") }} as publishable,
    case when unseen.n_both < {{ var("product_least_overlap") }} then 'too few version pings to know how many servers send no telemetry' end as reason,
    case when sampled.month is null then people.users end as active_users_told,
    case when sampled.month is null then people.servers end as servers_with_users,
    case
        when sampled.month is not null then 'clients sent only a sample of their events'
        when people.users is null then 'no server told of its users'
    end as users_reason
from unseen
left join people on people.month = unseen.month
left join sampled on sampled.month = unseen.month
