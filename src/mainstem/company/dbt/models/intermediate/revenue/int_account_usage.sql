-- What the servers of each account told: one row an account with a server that counts. A server that opted out
-- is known by its version pings and tells nothing of its people, so nothing it does not say becomes zero.
with servers as (
    select
        link.account_id,
        server.server_id,
        server.last_version,
        server.last_version_sort,
        server.last_seen_date,
        server.last_reported_date,
        server.is_silent,
        as_of.as_of_date,
        row_number() over (
            partition by link.account_id order by server.last_seen_date desc, server.last_version_sort desc, server.server_id
        ) as newness
    from {{ ref("bdg_server_account") }} as link
    inner join {{ ref("dim_server") }} as server on server.server_id = link.server_id
    cross join {{ ref("int_revenue_as_of") }} as as_of
    where link.is_current
        and not server.is_excluded
),

windows as (
    select
        servers.account_id,
        servers.server_id,
        avg(case when day.activity_date > {{ company.add_days("servers.as_of_date", -7) }} then day.active_users end) as users_7d,
        avg(case when day.activity_date > {{ company.add_days("servers.as_of_date", -28) }} then day.active_users end) as users_28d,
        avg(case when day.activity_date <= {{ company.add_days("servers.as_of_date", -28) }} then day.active_users end) as users_before,
        max(case when day.active_users is not null then day.activity_date end) as users_told_on
    from servers
    inner join {{ ref("fct_server_day") }} as day
        on day.server_id = servers.server_id
        and day.activity_date > {{ company.add_days("servers.as_of_date", -56) }}
        and day.activity_date <= servers.as_of_date
    group by servers.account_id, servers.server_id
),

usage as (
    select
        account_id,
        sum(users_7d) as daily_active_users_7d,
        sum(users_28d) as daily_active_users_28d,
        sum(users_before) as daily_active_users_before,
        max(users_told_on) as users_told_on
    from windows
    group by account_id
),

capable as (
    select
        servers.account_id,
        capability.metric,
        max(case when capability.state = 'capable_reporting' then 1 else 0 end) as is_reporting,
        max(case when capability.state = 'capable_reporting' then capability.day end) as reported_on,
        min(case when capability.state in ('incapable_old', 'removed') then 1 else 0 end) as is_too_old
    from servers
    inner join {{ ref("bdg_metric_capability") }} as capability
        on capability.server_id = servers.server_id
        and capability.day > {{ company.add_days("servers.as_of_date", -28) }}
        and capability.day <= servers.as_of_date
    group by servers.account_id, capability.metric
),

features_used as (
    select distinct
        servers.account_id,
        feature.feature
    from servers
    inner join {{ ref("fct_feature_day") }} as feature
        on feature.server_id = servers.server_id
        and feature.activity_date > {{ company.add_days("servers.as_of_date", -28) }}
        and feature.activity_date <= servers.as_of_date
        and feature.n > 0
),

features as (
    select
        capable.account_id,
        cast(sum(capable.is_reporting) as {{ dbt.type_bigint() }}) as features_told,
        cast(count(features_used.feature) as {{ dbt.type_bigint() }}) as features_used,
        max(capable.reported_on) as features_told_on,
        min(capable.is_too_old) as is_too_old
    from capable
    left join features_used
        on features_used.account_id = capable.account_id
        and features_used.feature = capable.metric
        and capable.is_reporting = 1
    group by capable.account_id
),

counted as (
    select
        servers.account_id,
        cast(count(*) as {{ dbt.type_bigint() }}) as linked_servers,
        cast(sum(case when servers.last_seen_date > {{ company.add_days("servers.as_of_date", -28) }} then 1 else 0 end) as {{ dbt.type_bigint() }}) as active_servers,
        min(case when servers.is_silent then 1 else 0 end) as all_silent,
        max(servers.last_seen_date) as last_seen_on,
        max(servers.last_reported_date) as last_reported_on,
        max(case when servers.newness = 1 then servers.last_version end) as last_version,
        max(case when servers.newness = 1 then servers.last_version_sort end) as last_version_sort
    from servers
    group by servers.account_id
)

select
    counted.account_id,
    counted.linked_servers,
    counted.active_servers,
    counted.all_silent = 1 as all_silent,
    counted.last_seen_on,
    counted.last_reported_on,
    counted.last_version,
    version.release_date as last_version_released_on,
    usage.daily_active_users_7d,
    usage.daily_active_users_28d,
    usage.daily_active_users_before,
    usage.users_told_on,
    case when features.features_told > 0 then features.features_told end as features_told,
    case when features.features_told > 0 then features.features_used end as features_used,
    features.features_told_on,
    coalesce(features.is_too_old = 1, false) as is_too_old
from counted
left join usage on usage.account_id = counted.account_id
left join features on features.account_id = counted.account_id
left join {{ ref("dim_version") }} as version on version.version_sort = counted.last_version_sort
