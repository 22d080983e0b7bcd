{{ config(materialized="view") }}
-- Every metric on every server and day of which anything is known, with what can be known of it. Zero stands
-- only where the server could tell and did tell of itself; everywhere else a missing number stays missing.
-- A view: the rows are many and follow from two narrow tables.
with metrics as (
    select
        metric,
        max(introduced_sort) as introduced_sort,
        max(removed_sort) as removed_sort
    from {{ ref("dim_event_schema") }}
    group by metric
),

states as (
    select
        metrics.metric,
        presence.server_id,
        presence.presence_date as activity_date,
        presence.is_active,
        presence.signal,
        presence.version_sort,
        presence.edition,
        presence.active_users,
        presence.registered_users,
        told.n,
        told.users,
        told.n_estimated,
        coalesce(era.sample_rate, 1) as sample_rate,
        case
            -- What is told can be told, whatever the release calls itself.
            when presence.signal = 'reported' and told.n > 0 then 'capable_reporting'
            when presence.version_sort >= metrics.removed_sort then 'removed'
            when presence.version_sort < metrics.introduced_sort then 'incapable_old'
            when presence.signal = 'dark' then 'opted_out'
            when presence.version_sort is null and metrics.introduced_sort is not null then 'unknown'
            when presence.signal = 'silent' then 'capable_silent'
            else 'capable_reporting'
        end as state
    from {{ ref("int_server_presence_day") }} as presence
    cross join metrics
    left join {{ ref("fct_feature_day") }} as told
        on told.server_id = presence.server_id
        and told.activity_date = presence.presence_date
        and told.feature = metrics.metric
    left join {{ ref("dim_sampled_era") }} as era
        on presence.presence_date >= era.first_date
        and presence.presence_date <= era.last_date
)

select
    metric,
    server_id,
    activity_date,
    state,
    is_active,
    signal,
    version_sort,
    edition,
    active_users,
    registered_users,
    sample_rate,
    case when state = 'capable_reporting' then coalesce(n, 0) end as observed,
    case when state = 'capable_reporting' then coalesce(n_estimated, 0) end as value,
    case when state = 'capable_reporting' and sample_rate = 1 then coalesce(users, 0) end as users
from states
