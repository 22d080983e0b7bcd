{{ config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["server_id", "month"], on_schema_change="fail") }}
-- What a server's days of a month say of it; all that is known of whole lives comes of these rows.
{%- set mark = company.watermark("built_at") -%}
{%- set ping_mark = company.watermark("ping_loaded_at") -%}
{%- set fresh_days = "select activity_date as d from " ~ ref("fct_server_day") ~ (" where built_at > " ~ mark if mark else "") -%}
{%- set fresh_pings = "select " ~ company.believed_date("checked_at", "received_at") ~ " as d from " ~ ref("stg_servers__version_checks") ~ (" where loaded_at > " ~ ping_mark if ping_mark else "") -%}
{%- set floor = company.least_date(fresh_days ~ " union all " ~ fresh_pings) %}
with days as (
    select *, {{ company.first_of("month", "activity_date") }} as month
    from {{ ref("fct_server_day") }}
    {%- if floor %}
    where activity_date >= {{ company.first_of("month", floor) }}
    {%- endif %}
),

pings as (
    select
        server_id, version, version_sort, edition, loaded_at, checked_at,
        {{ company.believed_date("checked_at", "received_at") }} as ping_date
    from {{ ref("stg_servers__version_checks") }}
    where server_id is not null
        {%- if floor %}
        and received_at >= {{ company.first_of("month", floor) }}
        {%- endif %}
),

touched as (
    select server_id, month from days
    {{- " where built_at > " ~ mark if mark }}
    union
    select server_id, {{ company.first_of("month", "ping_date") }} from pings
    {{- " where loaded_at > " ~ ping_mark if ping_mark }}
),

of_days as (
    select
        days.server_id,
        days.month,
        min(days.activity_date) as first_date,
        max(days.activity_date) as last_date,
        count(*) as days_reported,
        cast(sum(case when days.version_sort is not null then 1 else 0 end) as {{ dbt.type_bigint() }}) as days_on_a_release,
        cast(sum(case when days.version_sort is null and days.version like '%-%' then 1 else 0 end) as {{ dbt.type_bigint() }}) as days_on_a_development_build,
        cast(sum(case when days.version_sort is null and days.version is not null then 1 else 0 end) as {{ dbt.type_bigint() }}) as days_on_an_odd_version,
        cast(sum(case when days.active_users is not null and days.registered_users is not null then 1 else 0 end) as {{ dbt.type_bigint() }}) as days_with_users,
        cast(sum(case when days.active_users > days.registered_users then 1 else 0 end) as {{ dbt.type_bigint() }}) as days_more_active_than_registered,
        cast(sum(case when days.licence_id in (
            {%- for licence in var("internal_licences") %}'{{ licence }}'{{ ", " if not loop.last }}{% endfor -%}
        ) then 1 else 0 end) as {{ dbt.type_bigint() }}) as days_on_an_internal_licence,
        cast(sum(days.active_users) as {{ dbt.type_bigint() }}) as active_user_days,
        max(days.registered_users) as most_registered_users
    from days
    inner join touched on touched.server_id = days.server_id and touched.month = days.month
    group by days.server_id, days.month
),

last_days as (
    select days.*, row_number() over (partition by days.server_id, days.month order by days.activity_date desc) as newness
    from days
    inner join touched on touched.server_id = days.server_id and touched.month = days.month
    where days.reports > 0
),

last_licences as (
    select days.server_id, days.month, days.licence_id, row_number() over (partition by days.server_id, days.month order by days.activity_date desc) as newness
    from days
    inner join touched on touched.server_id = days.server_id and touched.month = days.month
    where days.licence_id is not null
),

last_users as (
    select days.server_id, days.month, days.registered_users, row_number() over (partition by days.server_id, days.month order by days.activity_date desc) as newness
    from days
    inner join touched on touched.server_id = days.server_id and touched.month = days.month
    where days.registered_users is not null
),

of_pings as (
    select
        pings.server_id,
        {{ company.first_of("month", "pings.ping_date") }} as month,
        min(pings.ping_date) as first_ping_date,
        max(pings.ping_date) as last_ping_date,
        count(distinct pings.ping_date) as days_pinged,
        max(pings.loaded_at) as ping_loaded_at
    from pings
    inner join touched on touched.server_id = pings.server_id and touched.month = {{ company.first_of("month", "pings.ping_date") }}
    group by pings.server_id, {{ company.first_of("month", "pings.ping_date") }}
),

last_pings as (
    select
        pings.*, {{ company.first_of("month", "pings.ping_date") }} as month,
        row_number() over (partition by pings.server_id, {{ company.first_of("month", "pings.ping_date") }} order by pings.checked_at desc) as newness
    from pings
    inner join touched on touched.server_id = pings.server_id and touched.month = {{ company.first_of("month", "pings.ping_date") }}
)

select
    touched.server_id,
    touched.month,
    coalesce(of_days.days_reported, 0) as days_reported,
    of_days.first_date as first_reported_date,
    of_days.last_date as last_reported_date,
    coalesce(of_pings.days_pinged, 0) as days_pinged,
    of_pings.first_ping_date,
    of_pings.last_ping_date,
    coalesce(last_days.version, last_pings.version) as version,
    coalesce(last_days.version_sort, last_pings.version_sort) as version_sort,
    coalesce(last_days.edition, last_pings.edition) as edition,
    last_licences.licence_id,
    last_users.registered_users,
    of_days.active_user_days,
    coalesce(of_days.days_on_a_release, 0) as days_on_a_release,
    coalesce(of_days.days_on_a_development_build, 0) as days_on_a_development_build,
    coalesce(of_days.days_on_an_odd_version, 0) as days_on_an_odd_version,
    coalesce(of_days.days_with_users, 0) as days_with_users,
    coalesce(of_days.days_more_active_than_registered, 0) as days_more_active_than_registered,
    coalesce(of_days.days_on_an_internal_licence, 0) as days_on_an_internal_licence,
    of_pings.ping_loaded_at,
    {{ company.built_now() }} as built_at
from touched
left join of_days on of_days.server_id = touched.server_id and of_days.month = touched.month
left join last_days on last_days.server_id = touched.server_id and last_days.month = touched.month and last_days.newness = 1
left join last_licences on last_licences.server_id = touched.server_id and last_licences.month = touched.month and last_licences.newness = 1
left join last_users on last_users.server_id = touched.server_id and last_users.month = touched.month and last_users.newness = 1
left join of_pings on of_pings.server_id = touched.server_id and of_pings.month = touched.month
left join last_pings on last_pings.server_id = touched.server_id and last_pings.month = touched.month and last_pings.newness = 1
