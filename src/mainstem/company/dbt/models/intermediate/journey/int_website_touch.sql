{{ config(
    materialized="incremental",
    incremental_strategy="delete+insert",
    unique_key="visitor_id",
    on_schema_change="fail",
) }}
{%- set mark = company.watermark() %}
-- A row is a stretch of one session that one origin brought: a session begins after a pause, a further stretch
-- where a session shows another campaign or site that led here. Visitors with new events are computed whole, so
-- that late events and any order of arrival give what a full refresh gives. The tables of events are staged one
-- after another while events go on being loaded, so the newest row here does not say that all before it were
-- read: `journey_overlap_days` are looked through again.
with touched as (
    select distinct visitor_id
    from {{ ref("int_website_action") }}
    {%- if mark %}
    where loaded_at >= {{ company.days_before(mark, var("journey_overlap_days")) }}
    {%- endif %}
),

copies as (
    select
        actions.*,
        {{ company.journey_host("actions.referrer") }} as host,
        row_number() over (
            partition by actions.visitor_id, actions.action_id order by actions.loaded_at, actions.acted_at
        ) as copy
    from {{ ref("int_website_action") }} as actions
    {%- if mark %}
    inner join touched on touched.visitor_id = actions.visitor_id
    {%- endif %}
    where actions.visitor_id is not null
),

actions as (
    select
        *,
        {{ company.journey_is_own("host") }} as is_own_host,
        lag(acted_at) over (partition by visitor_id order by acted_at, action_id) as before_at
    from copies
    where copy = 1
),

placed as (
    select
        *,
        case
            when coalesce(campaign_source, campaign_medium, campaign_name) is not null
                or (host is not null and not is_own_host)
                then coalesce(campaign_source, '') || '|' || coalesce(campaign_medium, '') || '|'
                    || coalesce(campaign_name, '') || '|' || case when is_own_host then '' else coalesce(host, '') end
        end as origin,
        sum(
            case
                when before_at is null
                    or acted_at > before_at + interval '{{ var("journey_session_minutes") }} minutes' then 1
                else 0
            end
        ) over (partition by visitor_id order by acted_at, action_id rows between unbounded preceding and current row) as session_number
    from actions
),

grouped as (
    select
        *,
        count(origin) over (
            partition by visitor_id, session_number order by acted_at, action_id rows between unbounded preceding and current row
        ) as origins_so_far
    from placed
),

carried as (
    select
        *,
        max(origin) over (partition by visitor_id, session_number, origins_so_far) as origin_now
    from grouped
),

started as (
    select
        *,
        row_number() over (
            partition by visitor_id, session_number order by acted_at, action_id
        ) as place_in_session,
        lag(origin_now) over (
            partition by visitor_id, session_number order by acted_at, action_id
        ) as origin_before
    from carried
),

numbered as (
    select
        *,
        sum(
            case
                when place_in_session = 1 then 1
                when origin is not null and (origin_before is null or origin <> origin_before) then 1
                else 0
            end
        ) over (partition by visitor_id order by acted_at, action_id rows between unbounded preceding and current row) as touch_number
    from started
),

ordered as (
    select
        *,
        row_number() over (partition by visitor_id, touch_number order by acted_at, action_id) as place_in_touch,
        row_number() over (
            partition by visitor_id, touch_number order by acted_at desc, action_id desc
        ) as place_from_end
    from numbered
),

summed as (
    select
        visitor_id,
        session_number,
        touch_number,
        min(place_in_session) = 1 as starts_session,
        max(case when place_in_touch = 1 then action_id end) as first_action_id,
        min(acted_at) as started_at,
        max(acted_at) as ended_at,
        max(case when place_in_touch = 1 then nullif(lower(campaign_source), '') end) as campaign_source,
        max(case when place_in_touch = 1 then nullif(lower(campaign_medium), '') end) as campaign_medium,
        max(case when place_in_touch = 1 then nullif(campaign_name, '') end) as campaign_name,
        max(case when place_in_touch = 1 and not is_own_host then host end) as referrer_host,
        max(case when place_in_touch = 1 and is_own_host then 1 else 0 end) = 1 as came_from_own_site,
        max(case when place_in_touch = 1 then page_path end) as landing_path,
        max(case when place_from_end = 1 then page_path end) as exit_path,
        max(user_id) as user_id,
        sum(case when action = 'page' then 1 else 0 end) as page_views,
        sum(case when action = 'download' then 1 else 0 end) as downloads,
        sum(case when action = 'trial' then 1 else 0 end) as trials,
        sum(case when action = 'purchase' then 1 else 0 end) as purchases,
        max(loaded_at) as loaded_at
    from ordered
    group by visitor_id, session_number, touch_number
)

select
    {{ dbt.hash("visitor_id || ':' || first_action_id") }} as touch_id,
    {{ dbt.hash("visitor_id || ':' || first_value(first_action_id) over (partition by visitor_id, session_number order by touch_number rows between unbounded preceding and unbounded following)") }} as session_id,
    visitor_id,
    cast(session_number as {{ dbt.type_bigint() }}) as session_number,
    cast(touch_number as {{ dbt.type_bigint() }}) as touch_number,
    starts_session,
    started_at,
    ended_at,
    case
        when came_from_own_site
            and coalesce(campaign_source, campaign_medium, campaign_name) is null then 'internal'
        else coalesce(
            {{ company.journey_channel(
                "campaign_source", "campaign_medium", "campaign_name", "referrer_host") }},
            'direct'
        )
    end as channel,
    campaign_source,
    campaign_medium,
    campaign_name,
    referrer_host,
    landing_path,
    exit_path,
    user_id,
    cast(page_views as {{ dbt.type_bigint() }}) as page_views,
    cast(downloads as {{ dbt.type_bigint() }}) as downloads,
    cast(trials as {{ dbt.type_bigint() }}) as trials,
    cast(purchases as {{ dbt.type_bigint() }}) as purchases,
    loaded_at,
    {{ company.built_now() }} as built_at
from summed
